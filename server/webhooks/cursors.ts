// The cursors of the node that delivers, in memory as they are in the store.
//
// One change of a cursor at a time; each is written before it counts. A write that meets something else than what was
// read here means that another node delivers, too: then everything is forgotten and the lease is asked for anew.

import type { Clock } from "../../protocol/index.js";
import type { Beside } from "../ports.js";
import { createTurns } from "../turns.js";
import { CURSOR, type Cursor, named } from "./kept.js";

/** Cursors with nothing to tell that are kept in memory. */
const IDLE = 20_000;

interface State {
  /** As it is in the store; null: it is not there. */
  json: string | null;
  cursor: Cursor;
}

export interface Cursors {
  /** Those with something to tell, in the order in which they came to have it. */
  readonly waiting: ReadonlySet<string>;
  peek(key: string): Cursor | undefined;
  /**
   * Changes a cursor, and gives it as it is then; undefined if another node was at it.
   *
   * @param begin  what it is where there is none
   */
  change(
    key: string,
    begin: () => Promise<Cursor>,
    make: (cursor: Cursor) => Cursor | Promise<Cursor>,
  ): Promise<Cursor | undefined>;
  /** Takes in what was read of the store. */
  learn(key: string, json: string): void;
  drop(key: string): void;
  forget(): void;
}

export function createCursors(
  beside: Pick<Beside, "record" | "put">,
  clock: Clock,
  lost: () => void,
): Cursors {
  const states = new Map<string, State>();
  const waiting = new Set<string>();
  const turns = createTurns();

  function keep(key: string, state: State): void {
    states.delete(key);
    states.set(key, state);
    if (state.cursor.pending.length > 0) waiting.add(key);
    else waiting.delete(key);
    for (const old of states.keys()) {
      if (states.size - waiting.size <= IDLE) break;
      if (!waiting.has(old)) states.delete(old);
    }
  }

  async function stateOf(key: string, begin: () => Promise<Cursor>): Promise<State> {
    const known = states.get(key);
    if (known !== undefined) return known;
    const json = (await beside.record(named(CURSOR, key)))?.value ?? null;
    return { json, cursor: json === null ? await begin() : (JSON.parse(json) as Cursor) };
  }

  async function change(
    key: string,
    begin: () => Promise<Cursor>,
    make: (cursor: Cursor) => Cursor | Promise<Cursor>,
  ): Promise<Cursor | undefined> {
    const { json, cursor: before } = await stateOf(key, begin);
    const cursor = await make(before);
    // Having moved past what nobody wants to hear of needs no writing: it is found out again. Not so having moved back.
    const matters = cursor.pending !== before.pending || cursor.version < before.version;
    const value = matters ? JSON.stringify(cursor) : json;
    if (matters && value !== json) {
      const row = { ...named(CURSOR, key), value: value!, time: clock.now() };
      if (!(await beside.put(row, { instead: json }))) {
        states.delete(key);
        waiting.delete(key);
        lost();
        return undefined;
      }
    }
    keep(key, { json: value, cursor });
    return cursor;
  }

  return {
    waiting,
    peek: (key) => states.get(key)?.cursor,
    change: (key, begin, make) => turns.next(key, () => change(key, begin, make)),
    learn: (key, json) => keep(key, { json, cursor: JSON.parse(json) as Cursor }),
    drop(key) {
      states.delete(key);
      waiting.delete(key);
    },
    forget() {
      states.clear();
      waiting.clear();
    },
  };
}
