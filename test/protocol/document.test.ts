// Holds PROTOCOL.md to the code: its tables name what there is, and its example is what a gateway answers.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { MEET_MS, REPEAT_MS } from "../../client/announcer.js";
import { ANSWER_TIMEOUT_MS, SILENCES_UNTIL_DEAD } from "../../client/line.js";
import { EXPIRY_MS } from "../../client/presence.js";
import { GAP_MS } from "../../client/sync.js";
import {
  type EventName,
  faults,
  isNoticeName,
  isRequestName,
  type NoticeName,
  type RequestName,
} from "../../protocol/index.js";
import { settle } from "../server/clock.js";
import { type FakeClient, scene } from "../server/fakes.js";

const page = readFileSync(fileURLToPath(new URL("../../../protocol/PROTOCOL.md", import.meta.url)), "utf8");

// The compiler knows when one is missing here.
const requests: Record<RequestName, true> = {
  open: true,
  submit: true,
  ops: true,
  leave: true,
  refresh: true,
};
const notices: Record<NoticeName, true> = { presence: true };
const events: Record<EventName, true> = {
  welcome: true,
  opened: true,
  ops: true,
  head: true,
  joined: true,
  left: true,
  presence: true,
  access: true,
  fault: true,
  announcement: true,
  draining: true,
};

/** The rows of the table under a heading, each as its cells. */
function table(heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]!.split("\n## ")[0]!;
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
}
const names = (heading: string) => table(heading).map(([name]) => name!.replaceAll("`", ""));

describe("PROTOCOL.md", () => {
  it("names every fault, with what the client does about it", () => {
    const told = table("Faults").map(([code, action]) => [code!.replaceAll("`", ""), action]);
    expect(told).to.have.deep.members(Object.entries(faults));
    expect(told).to.have.length(Object.keys(faults).length);
  });

  it("names every request, notice and event", () => {
    expect(names("Requests")).to.have.members(Object.keys(requests));
    expect(names("Notices")).to.have.members(Object.keys(notices));
    expect(names("Events")).to.have.members(Object.keys(events));
    expect(names("Requests").every(isRequestName)).to.equal(true);
    expect(names("Notices").every(isNoticeName)).to.equal(true);
  });

  it("says for how long our client waits", () => {
    const nth = ["first", "second", "third", "fourth", "fifth"][SILENCES_UNTIL_DEAD - 1];
    for (const said of [
      `every ${REPEAT_MS / 1000} s, and ${MEET_MS / 1000} s after somebody has \`joined\``,
      `not for ${EXPIRY_MS / 1000} s, is shown as gone`,
      `If ${GAP_MS} ms do not bring`,
      `for ${{ 5000: "five" }[ANSWER_TIMEOUT_MS]} seconds: the very same request again. At the ${nth} silence`,
    ])
      expect(page.replace(/\s+/g, " ")).to.contain(said);
  });

  it("shows an example that a server answers just so", async () => {
    const example = /\n```\n(Ann → [\s\S]*?)\n```/.exec(page)![1]!.split("\n");
    const script = example.filter((line) => line.includes(" → "));
    const world = scene();
    const people = new Map<string, FakeClient>();
    const said: string[] = [];
    for (const line of script) {
      const [, person, name, body] = /^(\w+) → (\w+) (.*)$/.exec(line)!;
      said.push(line);
      if (name === "hello") {
        const client = await world.arrive(JSON.parse(body!), (event, told) => {
          said.push(`${person} ← ${event} ${JSON.stringify(told)}`);
        });
        people.set(person!, client);
      } else if (isNoticeName(name)) {
        people.get(person!)!.handle.notice(name, JSON.parse(body!));
      } else {
        people.get(person!)!.handle.request(name, JSON.parse(body!), (answer) => {
          said.push(`${person} ← ${JSON.stringify(answer)}`);
        });
      }
      await settle();
      await world.clock.advance(1);
    }
    expect(said.join("\n")).to.equal(example.join("\n"));
  });
});
