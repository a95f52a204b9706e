// No commit is acknowledged before the system has been told to put it on the disk, and has said that it has: seen from
// outside, in the calls that the process makes. Without it, `kill -9` would show nothing, and a power cut everything.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { figure } from "../../figures.js";
import { temporaryFolder } from "../support.js";
import { follow, Record, start } from "./harness.js";

const OPS = 100;

describe("an acknowledgement", () => {
  const file = temporaryFolder();

  /** What the process does with its database's log and its output, line by line, in the order in which it is done. */
  async function trace(name: string): Promise<("synced" | "sent" | "done")[]> {
    const [path, log] = [file(`${name}.db`), file(`${name}.trace`)];
    const under = ["strace", "-f", "-y", "-s", "16", "-e", "trace=fsync,fdatasync,write", "-o", log];
    const record = new Record();
    expect(await follow(start(path, record, "one", { life: OPS, under, alone: true }), record)).to.equal(0);
    expect(record.done.size).to.equal(OPS);
    return readFileSync(log, "utf8")
      .split("\n")
      .flatMap((line) => {
        // A call that another thread interrupts takes two lines; it is done on the second.
        if (/f(data)?sync(\(\d+<[^>]*\.db-wal>\)| resumed>\)) += 0$/.test(line)) return ["synced" as const];
        if (/write\(1<.*"\{\\"sent/.test(line)) return ["sent" as const];
        return /write\(1<.*"\{\\"done/.test(line) ? ["done" as const] : [];
      });
  }

  it("comes after a sync that came after its op, every time", async () => {
    const calls = await trace("synced");
    let synced = 0;
    let acknowledged = 0;
    for (const call of calls) {
      if (call === "sent") synced = 0;
      else if (call === "synced") synced++;
      else {
        expect(synced, `syncs before acknowledgement ${acknowledged + 1}`).to.be.greaterThan(0);
        acknowledged++;
      }
    }
    expect(acknowledged).to.equal(OPS);
    figure("durable", "acknowledgements, each after a sync of its own", acknowledged);
  });
});
