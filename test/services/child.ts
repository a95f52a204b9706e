// A program of the system's as a child of the tests: started on a free port in a temporary folder, frozen, killed and
// started again where it was. It ends with the test, by its own pid, and so does its folder.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface Child {
  readonly process: ChildProcess;
  /** What it wrote, for whoever wants to know why it ended. */
  readonly output: string;
  readonly running: boolean;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Stops it from running until {@link thaw}: it holds its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
}

export function startChild(
  command: string,
  args: readonly string[],
  options: { readonly uid?: number; readonly gid?: number; readonly cwd?: string } = {},
): Child {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.on("error", (error) => {
    output += String(error);
  });
  // Tests that are broken off leave nothing running.
  const last = () => child.kill("SIGKILL");
  process.on("exit", last);
  child.once("close", () => process.removeListener("exit", last));
  const running = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    process: child,
    get output() {
      return output;
    },
    get running() {
      return running();
    },
    async end(signal) {
      if (!running()) return;
      const closed = once(child, "close");
      // What is frozen hears nothing but SIGKILL.
      child.kill("SIGCONT");
      child.kill(signal);
      await closed;
    },
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}
