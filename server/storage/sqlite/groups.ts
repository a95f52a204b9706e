// Gathers writes into groups: one group is on its way at a time, and what comes meanwhile makes the next.
//
// Writes keep the order in which they were added. A group is bounded, so that one huge write does not make the others wait
// for all that came after it too.

import { type Outcome, resultOf } from "../outcome.js";
import type { Write } from "./messages.js";

/** Writes in one group, and characters of JSON in it; a larger write goes alone. */
const GROUP_WRITES = 256;
const GROUP_CHARACTERS = 8 * 2 ** 20;

export interface Groups {
  /** @returns what the write gave. @throws StorageError, its own or that of the whole group */
  add(write: Write): Promise<unknown>;
  /** Resolves when nothing waits and nothing is on its way. */
  idle(): Promise<void>;
}

/**
 * @param send  writes a group and gives one outcome for each write; rejects when it cannot know any
 * @param gathered  resolves when those who ask at the same time as the first of a quiet moment have asked
 */
export function createGroups(
  send: (writes: readonly Write[]) => Promise<readonly Outcome[]>,
  gathered: () => Promise<unknown> = () => Promise.resolve(),
): Groups {
  interface Waiting {
    readonly write: Write;
    readonly characters: number;
    resolve(result: unknown): void;
    reject(error: unknown): void;
  }
  const waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;

  function take(): Waiting[] {
    let characters = 0;
    const fits = waiting.findIndex((each, at) => {
      characters += each.characters;
      return at >= GROUP_WRITES || (at > 0 && characters > GROUP_CHARACTERS);
    });
    return waiting.splice(0, fits === -1 ? waiting.length : fits);
  }

  function settle({ resolve, reject }: Waiting, outcome: Outcome): void {
    try {
      resolve(resultOf(outcome));
    } catch (error) {
      reject(error);
    }
  }

  async function sendAll(): Promise<void> {
    await gathered();
    while (waiting.length > 0) {
      const group = take();
      try {
        const outcomes = await send(group.map(({ write }) => write));
        group.forEach((each, at) => {
          settle(each, outcomes[at]!);
        });
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    sending = undefined;
  }

  return {
    add(write) {
      const result = new Promise<unknown>((resolve, reject) => {
        waiting.push({ write, characters: charactersOf(write.args), resolve, reject });
      });
      sending ??= sendAll();
      return result;
    },
    async idle() {
      while (sending !== undefined) await sending;
    },
  };
}

/** Roughly what a write weighs: the text in its arguments and in theirs. */
function charactersOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return 0;
  let sum = 0;
  for (const name in value) sum += charactersOf((value as Readonly<Record<string, unknown>>)[name]);
  return sum;
}
