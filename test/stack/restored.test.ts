// The real server, put back to an older backup while people who know more are away: when they come back, they are told,
// they see what the backup has, and what the server has lost since is theirs to make again.

import { expect } from "chai";
import { type Client, connect, type Notice } from "../../client/index.js";
import { cleanUp, runCli, until } from "../server/harness.js";
import { type ServerProcess, serverProcess } from "./server-process.js";

async function command(...args: readonly string[]): Promise<void> {
  const { exited, output } = runCli(args);
  expect(await exited, output.stderr).to.equal(0);
}

describe("a server that was restored from a backup", () => {
  let server: ServerProcess;
  let client: Client;

  before(async () => {
    server = await serverProcess();
    client = connect(server.url, { name: "Ada", random: () => 0.01 });
  });
  after(async () => {
    client?.close();
    await cleanUp();
  });

  it("takes nothing silently from those who were ahead of it", async () => {
    const doc = client.open("minutes", { type: "plain" });
    const notices: Notice[] = [];
    doc.on("notice", (notice) => notices.push(notice));
    await doc.ready;
    doc.submit(["Agreed: tea."]);
    await doc.settled();
    const backup = `${server.data}/backup.sqlite`;
    await command("backup", "--to", backup, "--data", server.data);
    doc.submit([12, " And cake."]);
    await doc.settled();
    const known = doc.version;
    expect(await server.stop()).to.equal(0);
    doc.submit(["Minutes. "]);
    await command("restore", "--from", backup, "--data", server.data);
    await server.start();

    await doc.settled();
    expect(doc.version).to.be.at.most(known);
    expect(doc.text).to.equal("Minutes. Agreed: tea.");
    expect(notices.map(({ kind }) => kind)).to.deep.equal(["replaced"]);
    const [rebased, vanished] = ["rebased", "vanished"].map((which) =>
      doc.recovered.find(({ reason }) => reason === which),
    );
    expect([rebased?.text, rebased?.copy]).to.deep.equal(["Minutes. ", "Minutes. Agreed: tea. And cake."]);
    expect(vanished?.text).to.equal(" And cake.");

    expect(doc.restore(vanished!.id)).to.equal(true);
    await doc.settled();
    expect(doc.text).to.equal("Minutes. Agreed: tea. And cake.");
    const other = connect(server.url, { name: "Bo" });
    const same = other.open("minutes", { type: "plain" });
    await until("Bo reads the same", () => same.status === "saved" && same.text === doc.text);
    other.close();
  });

  it("and one that was redacted shows on as it was, without anybody losing what they type", async () => {
    const doc = client.open("letter", { type: "plain" });
    await doc.ready;
    doc.submit(["secret "]);
    doc.submit([7, "Dear Bo"]);
    doc.submit([{ d: 7 }]);
    await doc.settled();
    expect(await server.stop()).to.equal(0);
    doc.submit([7, "!"]);
    await command("redact", "letter", "--reason", "a test", "--data", server.data);
    await server.start();
    await doc.settled();
    expect([doc.text, doc.recovered.filter(({ reason }) => reason === "vanished")]).to.deep.equal([
      "Dear Bo!",
      [],
    ]);
  });
});
