// Programs of the harness that run beside it, and what is asked of them: a question by its name, answered once.
//
//     parent                              child
//       start(program, args) ── spawn ──▶  answer({ … })
//       ask("usage") ── { id, name } ───▶    handler
//                    ◀── { id, value } ──
//
// A child is ended by its own process id, and ends by itself when its parent is gone.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });
interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** How long an answer may take: making a document of a million edits is the longest. */
const ANSWER_MS = 240_000;
const STOP_MS = 5_000;

/** In a child: answers its parent, and says first that it is ready. */
export function answer(handlers: { readonly [name: string]: (...args: never[]) => unknown }): void {
  process.on("disconnect", () => process.exit());
  process.on("message", async ({ id, name, args }: Question) => {
    try {
      process.send!({ id, value: await handlers[name]!(...(args as never[])) } satisfies Answer);
    } catch (error) {
      process.send!({ id, error: error instanceof Error ? error.message : String(error) } satisfies Answer);
    }
  });
  process.send!({ id: 0, value: "ready" } satisfies Answer);
}

export interface Child {
  readonly pid: number;
  /** @throws Error with what went wrong there */
  ask<T = void>(name: string, ...args: readonly unknown[]): Promise<T>;
  /** Without a word of warning. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** @param program  beside this file, without its ending. @throws Error with what it said, if it does not start */
export async function start(program: string, args: readonly string[]): Promise<Child> {
  const child = fork(fileURLToPath(new URL(`./${program}.js`, import.meta.url)), args, {
    execArgv: ["--expose-gc"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaint = "";
  child.stderr!.on("data", (text) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  child.on("message", (answered: Answer) => {
    const asker = waiting.get(answered.id);
    waiting.delete(answered.id);
    if ("error" in answered) asker?.reject(new Error(`${program}: ${answered.error}`));
    else asker?.resolve(answered.value as never);
  });
  const exited = once(child, "exit").then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${program} ended. ${complaint.trim()}`));
    waiting.clear();
  });
  const wait = <T>(id: number) =>
    new Promise<T>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${program} did not answer.`)), ANSWER_MS);
      const done = (settle: () => void) => {
        clearTimeout(late);
        settle();
      };
      waiting.set(id, {
        resolve: (value) => done(() => resolve(value)),
        reject: (error) => done(() => reject(error)),
      });
    });
  let asked = 0;
  await wait(asked);
  return {
    pid: child.pid!,
    ask(name, ...args) {
      child.send({ id: ++asked, name, args } satisfies Question);
      return wait(asked);
    },
    kill: () => end(child, exited, "SIGKILL"),
    stop: () => end(child, exited, "SIGTERM"),
  };
}

async function end(child: ChildProcess, exited: Promise<void>, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  child.kill(signal);
  const hard = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await exited;
  clearTimeout(hard);
}
