// What was made for somebody and is kept for whoever asks next, as long as all of it together weighs no more than so much:
// what was used longest ago goes first.
//
// Always holds: `weight` is what all that is kept weighs. What is given out is not kept any more until it is put back, for it
// may grow meanwhile.

export interface Kept<Entry> {
  /** Looks at what is kept under a name, and leaves it there. */
  peek(name: string): Entry | undefined;
  /** Gives out what is kept under a name. */
  take(name: string): Entry | undefined;
  /** Keeps it in place of what was kept under that name, if it is not too heavy. */
  put(name: string, entry: Entry): void;
}

/** What a name and its entry weigh in any case. */
export const ENTRY_BYTES = 1_000;
/** One that is heavier than this part of all is not kept: it would drive out the others. */
const PART = 1 / 2;

export function createKept<Entry>(most: number, weigh: (entry: Entry) => number): Kept<Entry> {
  /** The one that was used longest ago first. */
  const kept = new Map<string, { readonly entry: Entry; readonly bytes: number }>();
  let weight = 0;

  function take(name: string): Entry | undefined {
    const one = kept.get(name);
    if (one === undefined) return undefined;
    kept.delete(name);
    weight -= one.bytes;
    return one.entry;
  }

  return {
    peek: (name) => kept.get(name)?.entry,
    take,
    put(name, entry) {
      take(name);
      const bytes = ENTRY_BYTES + weigh(entry);
      if (bytes > most * PART) return;
      kept.set(name, { entry, bytes });
      weight += bytes;
      for (const eldest of kept.keys()) {
        if (weight <= most) return;
        take(eldest);
      }
    },
  };
}
