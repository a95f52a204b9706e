// One document's people and the other nodes, for as long as somebody has it open here: they are told of ours (`people-telling.ts`),
// and what is heard of theirs (`people-hearing.ts`) goes into the room. Whoever asks is answered with a list, if there is
// something in it that they have not heard.
//
// Whoever opens the document waits until the others have had time to say who is there, and not for long.

import type { Clock } from "../../protocol/index.js";
import type { Bus } from "./bus.js";
import { Hearing } from "./people-hearing.js";
import { type Ask, decodeMessage, type Told } from "./people-messages.js";
import type { Room } from "./people-room.js";
import { Telling } from "./people-telling.js";

export interface OthersOptions {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly topic: string;
  readonly room: Room;
  /** How many of this node's people can be shown. */
  readonly most: number;
  /** A number above all that this node has told before, in any document. */
  readonly next: () => number;
  /** This node has said something; whatever it was has been taken in. */
  readonly heard: (node: string) => void;
  /** Somebody else's moments, so that ours come after them. */
  readonly told: (told: Told) => void;
}

export interface Others {
  readonly telling: Telling;
  readonly hearing: Hearing;
  /** Until they have had time to answer. */
  readonly known: Promise<void> | undefined;
  /**
   * Nobody has the document open here any more.
   *
   * @param over  the others have been told so
   * @returns ends telling them; undefined: there is nothing to be told
   */
  stop(over: () => void): (() => void) | undefined;
}

/** How long whoever opens a document waits for the other nodes to say who is there, and how long with a slow bus. */
const ANSWER_MS = 50;
const LONGEST_ANSWER_MS = 150;

/** Begins to tell the other nodes of a document, and to hear them. */
export function meetOthers(options: OthersOptions): Others {
  const { clock, bus, topic, room, most, next, told } = options;
  const telling = new Telling({ clock, most, next, tell: (message) => bus.tell(topic, message) });
  const hearing = new Hearing({
    clock,
    people: {
      put(from, theirs) {
        told(theirs);
        room.put(from, theirs);
      },
      move: (from, src, presence) => room.move(from, src, presence),
      drop: (from, src) => room.drop(from, src, true),
      of: (from) => room.of(from),
    },
    state: () => telling.state,
    ask: (ask) => bus.tell(topic, ask),
  });

  function heard(raw: unknown, from: string): void {
    const message = from === bus.node ? undefined : decodeMessage(raw);
    if (message === undefined) return;
    hearing.heard(message, from);
    if (message.kind === "ask" && isFor(message)) telling.list();
    options.heard(from);
  }

  function isFor({ have, others }: Ask): boolean {
    const mine = have.find((one) => one.node === bus.node);
    return mine === undefined ? others && telling.state.seq > 0 : mine.seq !== telling.state.seq;
  }

  let stopWaiting = () => {};
  let answered = () => {};
  let known: Promise<void> | undefined = new Promise((resolve) => {
    answered = () => {
      known = undefined;
      resolve();
    };
  });
  const wait = (ms: number) => {
    stopWaiting();
    stopWaiting = clock.after(ms, answered);
  };
  wait(LONGEST_ANSWER_MS);
  const unhear = bus.hear(topic, heard, () => {
    hearing.ask();
    if (known !== undefined) wait(ANSWER_MS);
  });

  return {
    telling,
    hearing,
    get known() {
      return known;
    },
    stop(over) {
      unhear();
      stopWaiting();
      answered();
      hearing.stop();
      return telling.stop(over);
    },
  };
}
