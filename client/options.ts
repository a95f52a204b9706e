// What a client can be told, and what of it is a mistake that only a compiler would have noticed: a program without one would
// wait for a document that never comes, or say its name to nobody.

import type { Selection } from "../ot/index.js";
import { type Activity, activities, type Clock, type Random } from "../protocol/index.js";
import {
  call,
  either,
  flag,
  having,
  type Kinds,
  misfitIn,
  oneOf,
  strangerIn,
  text,
  thing,
  whole,
} from "../protocol/kinds.js";
import type { TokenSource } from "./call.js";
import type { Outbox } from "./outbox.js";
import type { Transport } from "./transport.js";

export interface ConnectOptions {
  /** Who we are: a token, or where to get a fresh one, for every connection and before the last one ends. Default: nobody in particular. */
  readonly token?: TokenSource;
  /** A display name; believed only where the server lets anybody in. See {@link Client.rename}. */
  readonly name?: string;
  /** Where what is unsent is kept. By default, in memory. */
  readonly store?: Outbox;
  /** How the server is reached. By default, Socket.IO. */
  readonly transport?: Transport;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface OpenOptions {
  /** Whether to make the document if there is none. Default true. */
  readonly create?: boolean;
}

const ofConnect: Kinds<ConnectOptions> = {
  token: either(text, call),
  name: text,
  store: having("open"),
  transport: having("open"),
  clock: having("now", "after"),
  random: call,
};
const ofOpen: Kinds<OpenOptions> = { create: flag };
const typeOfOpen: Kinds<{ readonly type: unknown }> = { type: oneOf("rich", "plain") };

const ofSelection: Kinds<Selection> = { anchor: whole, head: whole };
const activity = oneOf(...activities);

/** @throws TypeError for a name that there is not, and a value of another kind */
export function checkConnect(options: ConnectOptions): void {
  if (!thing.fits(options)) throw new TypeError("The options of connect() are an object.");
  check("connect()", options, ofConnect);
}

/** @throws TypeError for a name that there is not, a value of another kind, or none where one is needed */
export function checkOpen(id: unknown, options: OpenOptions & { readonly type: unknown }): void {
  if (typeof id !== "string") throw new TypeError("open() takes the id of a document, a string.");
  const { type, ...others } = Object(options) as typeof options;
  check("open()", { type }, typeOfOpen, true);
  check("open()", others, ofOpen);
}

/** What the others are told of where we are. @throws TypeError for what is no place in any document */
export function checkPlace(selection: Selection | null, doing: Activity): void {
  const misfit = selection === null ? undefined : misfitIn(Object(selection) as Selection, ofSelection, true);
  if (misfit !== undefined) throw new TypeError(`The ${misfit.name} of a selection must be ${misfit.words}.`);
  if (!activity.fits(doing)) throw new TypeError(`An activity is ${activity.words}.`);
}

function check<T extends object>(where: string, given: T, kinds: Kinds<T>, needed = false): void {
  const stranger = strangerIn(given, kinds);
  if (stranger !== undefined) throw new TypeError(`There is no option of ${where} called ${stranger}.`);
  const misfit = misfitIn(given, kinds, needed);
  if (misfit !== undefined)
    throw new TypeError(`The option ${misfit.name} of ${where} must be ${misfit.words}.`);
}
