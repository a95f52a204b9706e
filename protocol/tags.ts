// A version with the life that it is of, in one word: what ETags, `If-Match` and the ids of events hold over HTTP. Here it
// is made and here it is read, by both ends.
//
//   7.jT2pX0aVfQ9s     version 7 of that life
//   7                  version 7 of whichever life the document is in: what people type, and programs from before
//
// Always holds: words of two lives are never the same, whatever their versions are.

import type { Epoch, Version } from "./messages.js";

/** A version; without an epoch, of the document's present life. */
export interface Tag {
  readonly version: Version;
  readonly epoch?: Epoch | undefined;
}

/** What epochs look like, as a pattern for schemas. */
export const EPOCH_PATTERN = "^[\\w-]{1,64}$";
/** What tags look like, likewise; an empty one says nothing. */
export const TAG_PATTERN = "^(\\d{1,15}(\\.[\\w-]{1,64})?)?$";

export const tagOf = ({ version, epoch }: Tag): string =>
  epoch === undefined ? String(version) : `${version}.${epoch}`;

/** @returns undefined if it is none */
export function tagIn(word: string): Tag | undefined {
  const [, digits, epoch] = /^(\d{1,15})(?:\.([\w-]{1,64}))?$/.exec(word) ?? [];
  if (digits === undefined) return undefined;
  const version = Number(digits);
  return epoch === undefined ? { version } : { version, epoch };
}

/** The same as an entity tag of HTTP. */
export const etagOf = (tag: Tag): string => `"${tagOf(tag)}"`;

/** @returns undefined if it is not one entity tag of ours; somebody in between may have made it a weak one if `weak` */
export function tagInEtag(etag: string, { weak = false } = {}): Tag | undefined {
  const word = (weak ? /^(?:W\/)?"([^"]*)"$/ : /^"([^"]*)"$/).exec(etag.trim())?.[1];
  return word === undefined ? undefined : tagIn(word);
}
