// `interline export` and `interline import`: a document goes from one store to another with its whole history,
// byte for byte, or not at all.

import { spawn } from "node:child_process";
import { createReadStream, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { GENESIS, nextChain } from "../../server/storage/chain.js";
import { digestOfOp } from "../../server/storage/columns.js";
import { createDecoder, createEncoder } from "../../server/storage/history-file.js";
import type { HistoryRecord } from "../../server/storage/history-records.js";
import type { OpRow } from "../../server/storage/op-log.js";
import { figure } from "../figures.js";
import { cleanUp, cli, onCleanUp, startChild } from "../server/harness.js";
import { builtCli } from "../services/program.js";
import { fill, interline, newStore, programs, refused, type Store, succeeds, type } from "./support.js";

const family = "👨‍👩‍👧 é — ‏שלום";

/** Documents of every kind that there is, in one store. */
async function filled(): Promise<{ readonly store: Store; readonly ids: readonly string[] }> {
  const store = await newStore();
  await store.use(async (ledger) => {
    await ledger.create("emoji", "plain", family, "ann");
    await type(ledger, "emoji", [["👻"], [1, 'a\u2028\\"'], [{ d: 1 }]]);
    await ledger.create("empty", "plain", "", "ann");
    await ledger.create("rich", "rich", undefined, "ann");
    await type(ledger, "rich", [
      [1, { i: { image: { src: "https://example.org/a.png", alt: family } } }],
      [1, { i: "bold", a: { b: 1 } }, { i: { mention: "bo" }, a: { l: "https://example.org/" } }],
      [
        { r: 1, b: { t: "h1", dir: "rtl" } },
        { r: 2, a: { i: 1 } },
      ],
      [7, { i: "\n", a: { li: "b", in: 2 } }, { i: { hr: 1, blk: true } }],
    ]);
    await ledger.create("again", "plain", "first life", "ann");
    await ledger.delete("again", "bo");
    await ledger.create("again", "rich", ["\nsecond life"], "bo");
    await ledger.create("gone", "plain", "x", "ann");
    await ledger.delete("gone", "ann");
  });
  return { store, ids: ["emoji", "empty", "rich", "again"] };
}

const show = (store: Store, doc: string) =>
  store.use(async (ledger) => {
    const { epoch, ...found } = (await ledger.read(doc))!;
    return { ...found, snapshot: found.snapshot.toJSON() };
  });

describe("interline export and import", () => {
  afterEach(cleanUp);

  it("carry documents to another store, from where they are exported to the same byte", async () => {
    const { store, ids } = await filled();
    const other = await newStore();
    for (const id of ids) {
      const [first, second] = [join(store.data, id), join(other.data, id)];
      await succeeds("export", id, "--out", first, "--data", store.data);
      await succeeds("import", first, "--data", other.data);
      await succeeds("export", id, "--out", second, "--data", other.data);
      expect(readFileSync(second, "utf8"), id).to.equal(readFileSync(first, "utf8"));
      expect(await show(other, id), id).to.deep.equal(await show(store, id));
    }
    expect(await succeeds("verify", "--deep", "--data", other.data)).to.match(
      /^4 documents, 13 ops.*no damage/,
    );
    figure("carried", "documents exported, imported and exported again, the same to the byte", ids.length);
    // Another life: nobody takes a version here for one of the same number there.
    const epochs = await Promise.all([store, other].map((one) => one.use((ledger) => ledger.head("emoji"))));
    expect(epochs[0]!.epoch).to.not.equal(epochs[1]!.epoch);
  });

  it("carry a history that was pruned, with the snapshot that it begins from", async () => {
    const store = await newStore();
    await store.use(async (ledger) => {
      await ledger.create("note", "rich", ["\nA title"], "ann");
      const ops = Array.from({ length: 249 }, (_, at) => [1, `${at} `]);
      await type(ledger, "note", ops);
    });
    const { SqliteLog } = await import("../../server/storage/sqlite/log.js");
    const log = await SqliteLog.open(store.path);
    expect(await log.prune("documents", "note", 120)).to.equal(120);
    await log.close();
    const other = await newStore();
    const [first, second] = [join(store.data, "first"), join(other.data, "second")];
    await succeeds("export", "note", "--out", first, "--data", store.data);
    expect(JSON.parse(await succeeds("import", first, "--json", "--data", other.data))).to.deep.equal({
      ...{ document: "note", version: 250, ops: 130, receipts: 249 },
    });
    await succeeds("export", "note", "--out", second, "--data", other.data);
    expect(readFileSync(second).equals(readFileSync(first))).to.equal(true);
    expect(await show(other, "note")).to.deep.equal(await show(store, "note"));
    expect(await succeeds("verify", "--deep", "--data", other.data)).to.match(/no damage/);
    // A snapshot that is not of this history begins nothing.
    const decoder = createDecoder();
    const encode = createEncoder();
    const forged = readFileSync(first, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => decoder.next(line))
      .map((record) => encode(record.kind === "snapshot" ? { ...record, chain: GENESIS } : record));
    writeFileSync(join(other.data, "forged"), forged.join(""));
    const importing = ["import", join(other.data, "forged"), "--as", "forged", "--data", other.data] as const;
    expect(await refused(exitCodes.file_refused, ...importing)).to.match(
      /the snapshot is of another history/,
    );
    // A name from before is still known.
    const made = await other.use((ledger) =>
      ledger
        .submit("note", { version: 250, src: "client-of-ann", seq: 7, op: [1, "6 "], author: "ann" })
        .catch((fault) => fault.code),
    );
    expect(made).to.equal(8);
  });

  it("speak through pipes, beside a server that runs, and give another name", async () => {
    const { store } = await filled();
    const server = await startChild([], store.data);
    const lines = await programs.succeeds("export", "rich", "--data", store.data);
    await server.stop();
    const file = join(store.data, "rich.ndjson");
    writeFileSync(file, lines);
    const child = spawn(process.execPath, [cli, "import", "-", "--as", "copy", "--data", store.data], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    onCleanUp(() => void child.kill("SIGKILL"));
    createReadStream(file).pipe(child.stdin);
    expect(await new Promise((resolve) => child.on("close", resolve))).to.equal(0);
    expect(await show(store, "copy")).to.deep.equal(await show(store, "rich"));
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(/^6 documents.*no damage/);
  });

  it("refuse what is there already, and what is not", async () => {
    const { store } = await filled();
    const file = join(store.data, "file");
    await succeeds("export", "rich", "--out", file, "--data", store.data);
    const [there, nowhere] = [["--data", store.data], join(store.data, "nowhere")];
    expect(await refused(exitCodes.not_found, "export", "gone", ...there)).to.match(/^gone is deleted; /);
    expect(await refused(exitCodes.not_found, "export", "nobody", ...there)).to.match(/no document nobody/);
    await Promise.all([
      refused(exitCodes.already_there, "export", "rich", "--out", file, ...there),
      refused(exitCodes.bad_option, "export", ...there),
      refused(exitCodes.bad_option, "export", "rich", "--database", "memory:"),
      refused(exitCodes.bad_option, "import", file, "--as", "no/name", ...there),
      refused(exitCodes.bad_option, "import", file, "--database", "memory:"),
      refused(exitCodes.not_found, "import", nowhere, ...there),
    ]);
    expect(await refused(exitCodes.already_there, "import", file, ...there)).to.match(
      /document rich already; --as/,
    );
    expect(await refused(exitCodes.already_there, "import", file, "--as", "gone", ...there)).to.match(
      /or was/,
    );
    const server = await startChild([], store.data);
    await refused(exitCodes.database_in_use, "import", file, "--as", "other", ...there);
    await server.stop();
  });

  it("take nothing of a file that is damaged, and say on which line it is", async () => {
    const { store } = await filled();
    const lines = (await succeeds("export", "rich", "--data", store.data)).split("\n").slice(0, -1);
    const text = (some: readonly string[]) => some.map((line) => `${line}\n`).join("");
    const wrong: readonly (readonly [what: string, contents: string | Buffer, line: number])[] = [
      ["a letter changed", text(lines.with(3, lines[3]!.replace("bold", "told"))), 4],
      ["a line lost", text(lines.toSpliced(3, 1)), 4],
      ["cut off between lines", text(lines.slice(0, 5)), 6],
      ["cut off within a line", text(lines).slice(0, -40), lines.length],
      ["more after its end", `${text(lines)}${lines[1]}\n`, lines.length + 1],
      ["empty", "", 1],
      ["something else", "Dear store,\nhow are you?\n", 1],
      ["not UTF-8", Buffer.from([0x7b, 0xff, 0x0a]), 1],
    ];
    const other = await newStore();
    await other.use((ledger) => ledger.create("mine", "plain", "x", "ann"));
    for (const [what, contents, line] of wrong) {
      const file = join(other.data, "file");
      writeFileSync(file, contents);
      const sentence = await refused(exitCodes.file_refused, "import", file, "--data", other.data);
      expect(sentence, what).to.match(new RegExp(`^${file}, line ${line}: `));
    }
    expect(await succeeds("verify", "--deep", "--data", other.data)).to.match(/^1 document, 1 op/);
  });

  it("take nothing of a file whose sums are right and whose history is not", async () => {
    const { store } = await filled();
    const decoder = createDecoder();
    const lines = (await succeeds("export", "rich", "--data", store.data)).split("\n").slice(0, -1);
    const records = lines.map((line) => decoder.next(line));
    /** With the ops changed, and all chains and sums made anew. */
    function forged(change: (record: HistoryRecord) => HistoryRecord): string {
      const encode = createEncoder();
      let chain = GENESIS;
      return records
        .map((record) => {
          const changed = change(record);
          if (changed.kind === "op") chain = nextChain(chain, changed);
          return encode("chain" in changed ? { ...changed, chain } : changed);
        })
        .join("");
    }
    /** The same, with the chains as they were. */
    function chained(change: (record: HistoryRecord) => HistoryRecord): string {
      const encode = createEncoder();
      return records.map((record) => encode(change(record))).join("");
    }
    const body = (version: number, op: unknown) => (record: HistoryRecord) =>
      record.kind === "op" && record.version === version ? { ...record, body: JSON.stringify(op) } : record;
    const wrong: [contents: string, line: number, reason: RegExp][] = [
      [forged(body(3, { op: [900, "x"] })), 4, /does not apply/],
      [forged(body(3, { op: [1, { i: "x", a: { l: "javascript:alert(1)" } }] })), 4, /./],
      [forged(body(3, { op: ["x"] })), 4, /begins with a skip/],
      [forged(body(3, { op: [1, 1] })), 4, /./],
      [chained(body(3, { op: [1, "x"] })), 4, /does not follow/],
      [forged(body(3, { nothing: true })), 4, /neither makes/],
      [forged(body(3, { del: true })), 5, /./],
      [
        forged((record) => (record.kind === "receipt" ? { ...record, version: 1 } : record)),
        7,
        /names another op/,
      ],
      [forged((record) => (record.kind === "document" ? { ...record, type: "other" } : record)), 1, /type/],
      [forged((record) => (record.kind === "document" ? { ...record, id: "../x" } : record)), 1, /name/],
    ];
    // The chain itself, and names without receipts, with the sums made anew.
    const encoded = (some: readonly HistoryRecord[]) => some.map(createEncoder()).join("");
    const swapped = records.map((one) =>
      one.kind === "op" && one.version === 3 ? { ...one, chain: GENESIS } : one,
    );
    const fewer = records
      .filter((one) => one.kind !== "receipt" || one.seq !== 4)
      .map((one) => (one.kind === "end" ? { ...one, receipts: one.receipts - 1 } : one));
    wrong.push([encoded(swapped), 4, /does not follow/], [encoded(fewer), 10, /receipt of an op is missing/]);
    const other = await newStore();
    for (const [contents, line, reason] of wrong) {
      const file = join(other.data, "file");
      writeFileSync(file, contents);
      const sentence = await refused(exitCodes.file_refused, "import", file, "--data", other.data);
      expect(sentence).to.match(new RegExp(`, line ${line}: .*${reason.source}`));
    }
    writeFileSync(
      join(other.data, "file"),
      forged((record) => record),
    );
    await succeeds("import", join(other.data, "file"), "--data", other.data);
  });

  it("leave nothing behind when they are broken off, and can be done again", async () => {
    const { store } = await filled();
    const lines = (await succeeds("export", "rich", "--data", store.data)).split("\n");
    const other = await newStore();
    const child = spawn(process.execPath, [cli, "import", "-", "--data", other.data], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    onCleanUp(() => void child.kill("SIGKILL"));
    // Until it has begun: the rest never comes.
    child.stdin.write(lines.slice(0, 4).join("\n"));
    while (!existsSync(other.path)) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("close", resolve));
    writeFileSync(join(other.data, "file"), lines.join("\n"));
    await succeeds("import", join(other.data, "file"), "--data", other.data);
    expect(await show(other, "rich")).to.deep.equal(await show(store, "rich"));
    expect(readdirSync(store.data).filter((name) => name.includes("part"))).to.deep.equal([]);
  });

  it("make no file of a damaged document", async () => {
    const spoils: readonly Parameters<Store["spoil"]>[0][] = [
      (database) => database.exec("DELETE FROM ops WHERE version = 3"),
      (database) => {
        const key = database.prepare("SELECT key FROM documents WHERE id = 'rich'").pluck().get() as number;
        const op = database.prepare("SELECT * FROM ops WHERE document = ? AND version = 3").get(key) as OpRow;
        const forged = { ...op, body: '{"op":[1,"forged"]}' };
        database
          .prepare("UPDATE ops SET body = ?, digest = ? WHERE document = ? AND version = 3")
          .run(forged.body, digestOfOp(key, forged), key);
      },
    ];
    for (const spoil of spoils) {
      const { store } = await filled();
      store.spoil(spoil);
      const out = join(store.data, "out");
      const { code, stderr } = await interline("export", "rich", "--out", out, "--data", store.data);
      expect(code).to.equal(exitCodes.database_damaged);
      expect(stderr).to.match(/damaged/);
      expect(readdirSync(store.data).filter((name) => name.startsWith("out"))).to.deep.equal([]);
    }
  });

  it("carry a long history through little memory", async () => {
    const store = await newStore();
    const words = "x".repeat(8_000);
    const bodies = Array.from({ length: 4_000 }, (_, at) => ({
      op: at === 0 ? [words] : [words, { d: 8_000 }],
    }));
    await fill(store, "note", [
      { create: { type: "http://sharejs.org/types/text-unicode", data: "" } },
      ...bodies,
    ]);
    const file = join(store.data, "file");
    // As it is shipped: joined with all that the other programs load, it holds more.
    const node = ["--max-old-space-size=24", builtCli];
    for (const args of [
      ["export", "note", "--out", file, "--data", store.data],
      ["import", file, "--as", "copy", "--data", store.data],
    ]) {
      const child = spawn(process.execPath, [...node, ...args], { stdio: ["ignore", "ignore", "inherit"] });
      onCleanUp(() => void child.kill("SIGKILL"));
      expect(await new Promise((resolve) => child.on("close", resolve)), args[0]).to.equal(0);
    }
    expect(readFileSync(file).length).to.be.greaterThan(32_000_000);
  });
});
