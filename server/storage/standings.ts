// Where documents stand in the database, for many who ask at once: one question is on its way at a time, and what is asked
// meanwhile goes together in the next. So a storm of readers costs a few questions, and every answer was read after it was
// asked for.

import type { Standing } from "./op-log.js";

/** Documents in one question. */
const MOST = 5_000;

type Read = (
  collection: string,
  ids: readonly string[],
) => Promise<readonly (readonly [id: string, standing: Standing])[]>;

/** One question: those it is for, and its answer. */
interface Gathering {
  readonly ids: Set<string>;
  readonly answer: Promise<ReadonlyMap<string, Standing>>;
}

export class Standings {
  /** Collection → the question that is still being gathered. */
  private readonly next = new Map<string, Gathering>();
  /** Collection → the end of the question that is on its way; never rejects. */
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(private readonly read: Read) {}

  /** Undefined: there is no such document, or it is deleted. */
  async of(collection: string, id: string): Promise<Standing | undefined> {
    const gathering = this.next.get(collection) ?? this.gather(collection);
    gathering.ids.add(id);
    return (await gathering.answer).get(id);
  }

  /** The same for many, in one question or a few. */
  async all(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const found = new Map<string, Standing>();
    for (let from = 0; from < ids.length; from += MOST) {
      for (const [id, standing] of await this.read(collection, ids.slice(from, from + MOST)))
        found.set(id, standing);
    }
    return found;
  }

  private gather(collection: string): Gathering {
    const ids = new Set<string>();
    const ask = async () => {
      // Whatever else is asked in this turn of the event loop comes along, and all that comes while another is on its way.
      await (this.last.get(collection) ?? Promise.resolve());
      this.next.delete(collection);
      const answer = this.all(collection, [...ids]);
      const end = answer.then(
        () => {},
        () => {},
      );
      this.last.set(collection, end);
      void end.then(() => {
        if (this.last.get(collection) === end) this.last.delete(collection);
      });
      return answer;
    };
    const gathering = { ids, answer: ask() };
    this.next.set(collection, gathering);
    return gathering;
  }
}
