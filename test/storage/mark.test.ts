// A database that has lost what was acknowledged last is not opened as if that had never been.

import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { create, Documents, del, edit, failure, PLAIN } from "./documents.js";
import { temporaryFolder } from "./support.js";
import { openUnthreaded } from "./unthreaded.js";

describe("the mark of the last commit", () => {
  const file = temporaryFolder();
  let files = 0;
  let path: string;

  /** Opens the database, has `write` write to it, and closes it. */
  async function written(write: (documents: Documents) => Promise<unknown>): Promise<void> {
    const documents = new Documents(await openUnthreaded(path));
    await write(documents);
    await documents.close();
  }

  beforeEach(async () => {
    path = file(`${files++}.db`);
    await written((documents) => documents.commit("a", create(PLAIN, "text")));
    copyFileSync(path, `${path}.old`);
    await written((documents) => documents.commit("a", edit("more ")));
  });

  it("refuses a database put back as it once was, and says what to do", async () => {
    copyFileSync(`${path}.old`, path);
    const error = await failure(openUnthreaded(path));
    expect(error).to.include({ name: "StorageError", code: "corrupt" });
    expect(error.message).to.equal(
      `${path} is damaged: it has lost version 2 of a, which was acknowledged. ` +
        `Restore a backup, or remove ${path}-mark to do without what is lost.`,
    );
    rmSync(`${path}-mark`);
    await written(async (documents) => expect(await documents.text("a")).to.equal("text"));
  });

  it("refuses one that does not know the document, or went on from another history", async () => {
    await written((documents) => documents.commit("b", create(PLAIN, "")));
    copyFileSync(`${path}.old`, path);
    expect((await failure(openUnthreaded(path))).message).to.match(/lost version 1 of b/);

    rmSync(`${path}-mark`);
    await written((documents) => documents.commit("a", edit("more ")));
    const mark = readFileSync(`${path}-mark`);
    copyFileSync(`${path}.old`, path);
    rmSync(`${path}-mark`);
    await written((documents) => documents.commit("a", edit("else ")));
    await written((documents) => documents.commit("a", edit("even ")));
    writeFileSync(`${path}-mark`, mark);
    expect((await failure(openUnthreaded(path))).message).to.match(/lost version 2 of a/);
  });

  it("says nothing of a database that was taken away, nor when it is no mark", async () => {
    // Torn while it was being written: a part of one mark and a part of another.
    const torn = readFileSync(`${path}-mark`, "utf8").replace('"version":2', '"version":7');
    expect(torn).to.contain('"version":7');
    writeFileSync(`${path}-mark`, torn);
    await written(async (documents) => expect(await documents.text("a")).to.equal("more text"));

    writeFileSync(`${path}-mark`, readFileSync(`${path}-mark`).subarray(0, 40));
    copyFileSync(`${path}.old`, path);
    await written(async (documents) => expect(await documents.text("a")).to.equal("text"));

    await written((documents) => documents.commit("a", edit("more ")));
    rmSync(path);
    await written(async (documents) => expect(await documents.text("a")).to.equal(undefined));
    expect(existsSync(`${path}-mark`)).to.equal(false);
  });

  it("goes along with a deletion and the next life", async () => {
    await written(async (documents) => {
      await documents.commit("a", del);
      await documents.commit("a", create(PLAIN, "again"));
    });
    await written(async (documents) => expect(await documents.text("a")).to.equal("again"));
  });
});
