// What nodes tell each other of the people in a document, and its decoder.
//
//   news  what has changed among the teller's people: each names the news before it, so a missing one is noticed
//   list  all of them that matter, in parts, as of a number of news: it takes the place of whatever was known
//   beat  nothing new, and how far the news have come: so a missing last one is noticed
//   ask   how far the asker has heard; whoever it has not heard to the end answers with its list
//
// It comes from Redis, where anybody who has its password may write: what is not as it should be is refused whole, and
// nothing in it is unbounded. A format that is not this one belongs under another topic.

import type { PresenceUpdate, User } from "../../protocol/index.js";
import {
  boolean,
  type Field,
  integer,
  malformed,
  nullable,
  object,
  oneOf,
  optional,
  text,
} from "../../protocol/shape.js";

/** One of a node's people, as the others know them. */
export interface Told {
  readonly src: string;
  readonly user: User;
  /** When they came to the document: whoever came first is shown first, and keeps a colour that two were given. */
  readonly since: number;
  /** When they came to this node: of a client id that is on two nodes, the later one knows more. */
  readonly at: number;
  /** No other user in the room has the same; see `palette.ts`. */
  readonly slot: number;
  readonly presence: PresenceUpdate | null;
}

export interface Moved {
  readonly src: string;
  readonly presence: PresenceUpdate;
}

export type Change = { readonly came: Told } | { readonly went: string };

/** How many changes are in one message, and how many people in a part of a list. */
export const MOST_CHANGES = 200;
/** How many parts a list has: enough for everybody whom one document takes. */
export const MOST_PARTS = 64;
/** How many nodes are known of one document. */
export const MOST_NODES = 1000;
/** The largest moment: one more is still a whole number. */
export const MOST = 2 ** 52;

export const topicOf = (doc: string) => `people:1:${doc}`;
/** On which every node says now and then that it is there. */
export const ALIVE = "people:1";

const count = integer(0);

function upTo(most: number): Field<number> {
  return (value, path) => {
    const number = count(value, path);
    return number <= most ? number : malformed(path, `at most ${most}`);
  };
}

function listOf<T>(field: Field<T>, most: number): Field<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > most) malformed(path, `a list of at most ${most}`);
    return value.map((item, index) => field(item, `${path}[${index}]`));
  };
}

const moment = upTo(MOST);
const src = text(64);
const presence = object({
  n: count,
  version: count,
  seq: count,
  selection: nullable(object({ anchor: count, head: count })),
  activity: oneOf("active", "typing", "idle", "away"),
});
const told: Field<Told> = object({
  src,
  // Longer than a token's subject or a name in it can be.
  user: object({ id: text(256), name: text(256) }),
  since: moment,
  at: moment,
  slot: upTo(1_000_000),
  presence: nullable(presence),
});

const change: Field<Change> = (value, path) => {
  const { came, went } = object({ came: optional(told), went: optional(src) })(value, path);
  if (came !== undefined && went === undefined) return { came };
  if (went !== undefined && came === undefined) return { went };
  return malformed(path, "one who came or one who went");
};

const shapes = {
  news: object({
    kind: oneOf("news"),
    seq: moment,
    after: moment,
    count,
    changes: listOf(change, MOST_CHANGES),
    moved: listOf(object({ src, presence }), MOST_CHANGES),
  }),
  list: object({
    kind: oneOf("list"),
    seq: moment,
    count,
    part: upTo(MOST_PARTS - 1),
    parts: upTo(MOST_PARTS),
    people: listOf(told, MOST_CHANGES),
  }),
  beat: object({ kind: oneOf("beat"), seq: moment, count }),
  ask: object({
    kind: oneOf("ask"),
    seq: moment,
    count,
    /** How far the asker has heard whom. */
    have: listOf(object({ node: text(64), seq: moment }), MOST_NODES),
    /** Whether those that it does not name are asked as well. */
    others: boolean,
  }),
};

type Messages = { readonly [K in keyof typeof shapes]: ReturnType<(typeof shapes)[K]> };
export type News = Messages["news"];
export type List = Messages["list"];
export type Ask = Messages["ask"];
export type Message = Messages[keyof Messages];

const kind = oneOf<Message["kind"]>("news", "list", "beat", "ask");

/** @returns undefined for what is no such message */
export function decodeMessage(raw: unknown): Message | undefined {
  try {
    const name = kind((raw as { kind?: unknown } | null)?.kind, "kind");
    return shapes[name](raw, name);
  } catch {
    return undefined;
  }
}
