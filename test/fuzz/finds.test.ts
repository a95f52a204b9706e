// What `interline fuzz` is for: builds with a mistake in them are found out, each within seconds and for what is wrong with
// it; what is reported goes wrong again with the same mistake, and not without it.
//
//   (nothing)     those that go wrong each time
//   FUZZ=whole    races as well, which luck finds within minutes: `npm run fuzz`

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { exitCodes } from "../../server/startup.js";
import type { Bug } from "../teeth/bug.js";
import { interline } from "../teeth/call.js";
import { environmentWith } from "../teeth/run.js";
import { parseTrace, type ViolationKind } from "./trace.js";

interface Mistake extends Pick<Bug, "bug" | "file" | "code" | "instead"> {
  /** Any of these: which of them shows first is a matter of luck. */
  readonly kinds: readonly ViolationKind[];
  readonly args: readonly string[];
  /** Whether it goes wrong each time, so that it is shrunk for sure. A race is shrunk as far as luck and time allow. */
  readonly shrinks: boolean;
}

const mistakes: readonly Mistake[] = [
  {
    bug: "What is typed while an op is on its way is called confirmed with it, and lost.",
    file: "client/session.ts",
    code: "pending.length === 0 ? visible : type.apply(session.confirmed, inflight.op)",
    instead: "visible",
    kinds: ["lost", "diverged", "stuck", "threw", "fault"],
    args: ["--faults", "delay", "--type", "plain", "--seed", "1"],
    shrinks: false,
  },
  {
    bug: "Whoever comes back gives what is on its way another name.",
    file: "client/sync.ts",
    code: '    this.#phase = "catching";\n',
    instead: `    this.#phase = "catching";
    if (this.replica.inflight !== undefined) {
      const own = this.options.names.takeOwn();
      this.replica.rename(own.src, own.seq);
    }\n`,
    kinds: ["twice"],
    args: ["--faults", "cut,delay", "--seed", "2"],
    shrinks: false,
  },
  {
    bug: "What is not on the disk yet is acknowledged.",
    file: "server/storage/sqlite/writer.ts",
    code: "    const results = transaction.immediate(group);\n",
    instead: `    if (!database.inTransaction) {
      database.exec("BEGIN IMMEDIATE");
      setTimeout(() => database.exec("COMMIT"), 250);
    }
    const results = group.map(call);\n`,
    kinds: ["server", "not_durable", "lost"],
    args: ["--faults", "restart", "--seed", "3"],
    shrinks: false,
  },
  {
    bug: "Undo takes out what others have typed since.",
    file: "client/history.ts",
    code: "    this.#done = this.#under(this.#done, [op]);\n    this.#undone",
    instead: "    this.#undone",
    kinds: ["undo", "lost", "threw"],
    args: ["--faults", "delay", "--seed", "4"],
    shrinks: false,
  },
  {
    bug: "The caret of somebody who has left stays.",
    file: "server/roster.ts",
    code: 'tell(doc, "left", { doc, src }, except)',
    instead: "{}",
    kinds: ["presence"],
    args: ["--faults", "", "--seed", "5", "--type", "plain"],
    shrinks: true,
  },
];

/** A mark whose key lets in what its node spec does not. */
const narrow = `export default {
  marks: {
    font: { key: "x:font", value: "family", spec: { attrs: { family: { validate: onlyLetters } } } },
  },
};
function onlyLetters(family) {
  if (!/^[a-z]+$/.test(family)) throw new RangeError("no font: " + family);
}`;

describe("interline fuzz", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "interline-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const common = ["--clients", "3", "--seconds", "30", "--shrink", "12"];

  const tried = process.env.FUZZ === "whole" ? mistakes : mistakes.filter(({ shrinks }) => shrinks);
  for (const [nth, { kinds, args, shrinks, ...bug }] of tried.entries())
    it(`finds a build in which this is wrong: ${bug.bug}`, async () => {
      const file = join(folder, `${nth}.trace.json`);
      const environment = await environmentWith({ ...bug, caughtBy: "", titled: "" }, folder);
      const found = await interline(["fuzz", ...common, "--trace", file, ...args], environment);
      expect(found.code, found.said).to.equal(exitCodes.promise_broken);
      const { header, steps } = parseTrace(readFileSync(file, "utf8"));
      expect(kinds, found.said).to.include(header.found[0]!.kind);
      if (shrinks) expect(steps.length, found.said).to.be.lessThan(header.shrunkFrom ?? 0);

      // What goes wrong by a hair does not each time.
      const again = await interline(["replay", file, "--times", "20"], environment);
      expect(again.code, again.said).to.equal(exitCodes.promise_broken);
      const sound = await interline(["replay", file, "--times", "3"]);
      expect(sound.code, sound.said).to.equal(exitCodes.stopped);
      expect(sound.said).to.include("It does not go wrong any more.");
    });

  it("finds a schema that lets in what it cannot show", async () => {
    const schema = join(folder, "narrow.mjs");
    const file = join(folder, "schema.trace.json");
    writeFileSync(schema, narrow);
    const args = ["fuzz", ...common, "--schema", schema, "--faults", "", "--seed", "6", "--trace", file];
    const found = await interline(args);
    expect(found.code, found.said).to.equal(exitCodes.promise_broken);
    const { header, steps } = parseTrace(readFileSync(file, "utf8"));
    expect(header.found[0]!.kind).to.equal("structure");
    expect(header.schema).to.equal(schema);
    expect(steps.length, found.said).to.be.lessThan(header.shrunkFrom ?? 0);
    expect(steps.map((step) => step.do)).to.include("dress");
    const again = await interline(["replay", file]);
    expect(again.code, again.said).to.equal(exitCodes.promise_broken);
  });
});
