// What a disk may do to a server that runs: be slow, be full, refuse to be written. Done to the process from outside by
// strace, which answers for the system, and taken back again; the server itself is the one that everybody runs.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onCleanUp, tempFolder, until } from "../server/harness.js";

/** What strace is to do, as its `inject` says it. */
export const slowSync = (ms: number) => `fsync,fdatasync:delay_enter=${ms * 1000}`;
export const readOnlyDisk = "pwrite64,ftruncate:error=EROFS";
export const fullDisk = "pwrite64:error=ENOSPC";

/** Has the system answer a process so. @returns ends it, and leaves the process as it was */
export async function inject(pid: number, what: string): Promise<() => Promise<void>> {
  const calls = what.split(":")[0]!;
  const strace = spawn("strace", [
    ...["-f", "-qq", "-p", String(pid), "-e", `trace=${calls}`],
    ...["-e", `inject=${what}`, "-e", "signal=none", "-o", "/dev/null"],
  ]);
  const ended = endOf(strace);
  // It says nothing when it has begun, but the system knows who follows whom.
  await until("strace follows the server", () => {
    if (strace.exitCode !== null) throw new Error(`strace ended with ${strace.exitCode}`);
    return tracerOf(pid) === strace.pid;
  });
  const stop = async () => {
    strace.kill("SIGINT"); // It lets go of the process first.
    await ended;
  };
  onCleanUp(stop);
  return stop;
}

const endOf = (child: ChildProcess) => new Promise<void>((resolve) => child.once("exit", () => resolve()));

function tracerOf(pid: number): number {
  const status = execFileSync("cat", [`/proc/${pid}/status`], { encoding: "utf8" });
  return Number(/^TracerPid:\s*(\d+)/m.exec(status)![1]);
}

export interface SmallDisk {
  readonly folder: string;
  /** Leaves no room on it, or none for the server. */
  fill(pid: number): Promise<void>;
  free(): Promise<void>;
}

/** A disk of a few megabytes of its own, where we may mount one; elsewhere a folder, and strace says that there is no room. */
export async function smallDisk(): Promise<SmallDisk> {
  const folder = await tempFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "none", folder], { stdio: "ignore" });
  } catch {
    let stop = async () => {};
    return {
      folder,
      fill: async (pid) => {
        stop = await inject(pid, fullDisk);
      },
      free: () => stop(),
    };
  }
  onCleanUp(() => void execFileSync("umount", ["-l", folder]));
  const filler = join(folder, "filler");
  return {
    folder,
    async fill() {
      // Ever smaller pieces, until not even the smallest finds room.
      for (let bytes = 2 ** 20; bytes >= 1; ) {
        try {
          writeFileSync(filler, Buffer.alloc(bytes), { flag: "a" });
        } catch {
          bytes = Math.floor(bytes / 2);
        }
      }
    },
    async free() {
      execFileSync("rm", [filler]);
    },
  };
}
