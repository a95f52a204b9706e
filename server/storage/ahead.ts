// What the log has been asked to commit and has not answered: for each document a row of commits, each made on top of the
// one before, so that many become durable together.
//
//   durable head ◀── v8 ◀── v9 ◀── v10 = the tip: the next op is made on top of it
//                     │ answered, in the order of versions
//                     ├── committed: it is the durable head now
//                     └── not: it falls, and with it all that were made on top of it; none of them was ever there
//
// Only whoever is about to commit sees the tip. What has fallen is counted until its askers have been told, because they
// come before everybody who asks later.

import type { Head } from "./head-cache.js";
import type { Commit, Verdict } from "./op-log.js";

export type Answer = { readonly verdict: Verdict } | { readonly error: unknown };

/** A commit that has been asked for. */
export interface Asked {
  readonly commit: Commit;
  /** The head that it makes. */
  readonly head: Head;
  /** What the log says of it; never rejects. */
  readonly answer: Promise<Answer>;
  /** Whether it was committed; never rejects. */
  readonly settled: Promise<boolean>;
  /** It has not been committed, or what it was made on top of has not. */
  fallen: "not" | "itself" | "with another";
}

interface Row {
  /** What may still be committed, in the order of versions. */
  readonly asked: Asked[];
  /** How many have fallen and not been told. */
  falling: number;
}

export class Ahead {
  private readonly rows = new Map<string, Row>();
  private readonly makers = new WeakMap<Head, Asked>();

  /** What the next op is made on top of, if anything is on its way. */
  tip(name: string): Asked | undefined {
    return this.rows.get(name)?.asked.at(-1);
  }

  /** Whether some have fallen whose askers have not been told. */
  falling(name: string): boolean {
    return (this.rows.get(name)?.falling ?? 0) > 0;
  }

  /** What makes `head`, if it was on its way once. */
  makerOf(head: Head): Asked | undefined {
    return this.makers.get(head);
  }

  /**
   * @param judge  is given the answer in the order of versions, and says whether that means committed
   * @returns what was asked, and what must be called when its asker is told
   */
  add(
    name: string,
    commit: Commit,
    head: Head,
    sent: Promise<Verdict>,
    judge: (answer: Answer) => boolean,
  ): { readonly asked: Asked; readonly told: () => void } {
    const row = this.rows.get(name) ?? { asked: [], falling: 0 };
    this.rows.set(name, row);
    const below = row.asked.at(-1);
    const answer: Promise<Answer> = sent.then(
      (verdict) => ({ verdict }),
      (error: unknown) => ({ error }),
    );
    const settle = async (): Promise<boolean> => {
      const first = await answer;
      await below?.settled;
      const committed = judge((await provedBy(row, asked, first)) ?? first);
      if (committed && asked.fallen === "not") row.asked.shift();
      else if (!committed) fall(row, asked);
      this.tidy(name, row);
      return committed;
    };
    const asked: Asked = { commit, head, answer, settled: settle(), fallen: "not" };
    row.asked.push(asked);
    this.makers.set(head, asked);
    const told = () => {
      if (asked.fallen !== "not") row.falling--;
      this.tidy(name, row);
    };
    return { asked, told };
  }

  private tidy(name: string, row: Row): void {
    if (row.asked.length === 0 && row.falling === 0 && this.rows.get(name) === row) this.rows.delete(name);
  }
}

/** Whoever was made on top of what is not there is not there either. */
function fall(row: Row, asked: Asked): void {
  const at = row.asked.indexOf(asked);
  if (at === -1) return;
  for (const each of row.asked.splice(at)) {
    each.fallen = each === asked ? "itself" : "with another";
    row.falling++;
  }
}

/** Where nobody knows whether one was committed: it was, if one on top of it was. */
async function provedBy({ asked: row }: Row, asked: Asked, answer: Answer): Promise<Answer | undefined> {
  if ("verdict" in answer) return undefined;
  const at = row.indexOf(asked);
  for (const above of at === -1 ? [] : row.slice(at + 1)) {
    const theirs = await above.answer;
    if ("error" in theirs) continue;
    const { epoch, chain } = asked.head;
    return theirs.verdict.kind === "committed" ? { verdict: { kind: "committed", epoch, chain } } : undefined;
  }
  return undefined;
}
