// The command line in the process of the tests: the same arguments, words on standard input, outputs and exit codes as those
// of the program, for a twentieth of what it costs to start one.
//
// Standard input and output are the process's own meanwhile, so commands take turns. What is not the same: that it ends. A
// command that leaves something running, a signal and a broken pipe are seen only where a program is run (`support.ts`).

import { Readable, Writable } from "node:stream";
import { format } from "node:util";
import { commandLine } from "../../server/command-line.js";
import { failureOf } from "../../server/commands/fail.js";

export interface Ran {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  /** What comes by standard input. */
  readonly input?: string | Uint8Array;
  /** Besides what is there. */
  readonly env?: Readonly<Record<string, string>>;
}

let before: Promise<unknown> = Promise.resolve();

/** Does what the program does with these arguments, when the commands before have ended. */
export function inside(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const ran = before.then(() => one(args, surroundings));
  before = ran;
  return ran;
}

async function one(args: readonly string[], { input = "", env = {} }: Surroundings): Promise<Ran> {
  const [out, complaints] = [new Kept(), new Kept()];
  const line =
    (to: Kept) =>
    (...words: readonly unknown[]) =>
      void to.write(`${format(...words)}\n`);
  const giveBack = [
    exchange(process, "stdin", Readable.from([Buffer.from(input)])),
    exchange(process, "stdout", out),
    exchange(process, "stderr", complaints),
    exchange(console, "log", line(out)),
    exchange(console, "error", line(complaints)),
    ...Object.entries(env).map(([name, value]) => exchangeVariable(name, value)),
  ];
  const { exitCode } = process;
  process.exitCode = undefined;
  try {
    await commandLine(args);
    return { code: process.exitCode ?? 0, stdout: out.text, stderr: complaints.text };
  } catch (error) {
    const { said, code } = failureOf(error);
    return { code, stdout: out.text, stderr: `${complaints.text}${said}\n` };
  } finally {
    process.exitCode = exitCode;
    for (const give of giveBack) give();
  }
}

/** Keeps what is written. */
class Kept extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function exchange<T extends object>(owner: T, name: keyof T & string, value: unknown): () => void {
  const was = Object.getOwnPropertyDescriptor(owner, name)!;
  Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: true });
  return () => void Object.defineProperty(owner, name, was);
}

function exchangeVariable(name: string, value: string): () => void {
  const was = process.env[name];
  process.env[name] = value;
  return () => {
    if (was === undefined) delete process.env[name];
    else process.env[name] = was;
  };
}
