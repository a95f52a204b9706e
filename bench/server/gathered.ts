// People in one document of a server under test, some of whom write: the replicas with their carets, the sockets that count
// the rest, and all keystrokes fixed before the first of them.
//
// What always holds: what is typed first, while code is being compiled, is over before anything is measured, and each keystroke
// is either of that or of what is measured.

import type { Random } from "../../protocol/index.js";
import { seededRandom } from "../../test/world/clock.js";
import type { Served } from "./served.js";
import type { Replica, Splice } from "./system.js";
import { Pen, paper, type Stroke, schedule, whenDue } from "./typing.js";

export interface Load {
  readonly clients: number;
  readonly writers: number;
  /** Keystrokes a second of each writer. */
  readonly rate: number;
  readonly seconds: number;
}

export interface GatherOptions {
  readonly doc: string;
  /** Characters that are there at the beginning. */
  readonly text: number;
  /** Replicas that only read. */
  readonly probes: number;
  readonly warmS: number;
  readonly random: Random;
  /** Told of what others did at each replica. */
  readonly heard?: (replica: number, splices: readonly Splice[]) => void;
}

export interface Crowd {
  /** The writers first. */
  readonly replicas: readonly Replica[];
  /** How many of those that are no replicas are still connected. */
  readonly counting: () => Promise<number>;
  readonly strokes: readonly Stroke[];
  /** How many of them are measured. */
  readonly measured: number;
  /** @param began  by `performance.now()` */
  warmUp(began: number): Promise<void>;
  type(began: number): Promise<void>;
}

export async function gather(
  served: Served,
  { clients, writers, rate, seconds }: Load,
  { doc, text, probes, warmS, random, heard }: GatherOptions,
): Promise<Crowd> {
  await served.seed(doc, paper(text));
  const replicas = await served.join(Math.min(clients, writers + probes), doc);
  const counting = await served.crowd(clients - replicas.length, doc);
  const strokes = schedule(writers, rate, warmS + seconds, random);
  const warm = strokes.findIndex(({ dueMs }) => dueMs >= warmS * 1000);
  const pens = replicas
    .slice(0, writers)
    .map((replica, writer) => new Pen(replica, writer, text, seededRandom(writer)));
  for (const [nth, replica] of replicas.entries())
    replica.onChange((splices) => {
      pens[nth]?.moved(splices);
      heard?.(nth, splices);
    });
  const due = (some: readonly Stroke[], began: number) =>
    whenDue(some, began, ({ writer }) => pens[writer]!.type());
  return {
    replicas,
    counting,
    strokes,
    measured: strokes.length - warm,
    warmUp: (began) => due(strokes.slice(0, warm), began),
    type: (began) => due(strokes.slice(warm), began),
  };
}
