// Documents changed: by ops, by whole contents, by edits at places. Whatever is asked for becomes one op, moved past what its
// author had not seen, or is answered without being made (`dryRun`).

import type { Epoch, Op, Version } from "../messages.js";
import type { Contents, DocumentReply } from "./documents.js";

export interface SubmitRequest {
  /** What the op was made at. Default: the head. */
  readonly version?: Version;
  readonly epoch?: Epoch;
  /** One op, or `ops`: several of which each is made on what the one before makes. They are committed as one. */
  readonly op?: Op;
  readonly ops?: readonly Op[];
  /** Answer what would be committed, and commit nothing. */
  readonly dryRun?: boolean;
}

/** What was committed, or would be. */
export interface SubmitReply {
  /** The version it made; without a change, the head. */
  readonly version: Version;
  /**
   * As it was committed, at `version - 1`: moved past what its author had not seen. Empty: nothing had to change. Absent: it was
   * committed before, under the same key, and history that old is not kept.
   */
  readonly op?: Op;
  /** The life that the version is of; absent for what was done under a key in one that has ended since. */
  readonly epoch?: Epoch;
  /** With `dryRun`: the document that it would make. */
  readonly preview?: DocumentReply & { readonly text: string };
}

/** Makes the document what is given, in exactly one form, as the least op against `version`; what others did since then stays. */
export interface ContentRequest extends Contents {
  /** What the caller has read. Default: the head. */
  readonly version?: Version;
  readonly epoch?: Epoch;
  readonly dryRun?: boolean;
}

/** Where an edit happens. A quote is text within one block, and must stand there once, or so often and be the `nth` of them. */
export type Place =
  | {
      readonly quote: string;
      /** Text directly before or after it, to tell equal ones apart. */
      readonly before?: string;
      readonly after?: string;
      /** Counted from 1. */
      readonly nth?: number;
    }
  /** The block with that index, counted from 0; negative ones from the end. */
  | { readonly block: number }
  /** All under a heading with that text, up to the next one of its level or above. */
  | { readonly heading: string; readonly nth?: number }
  | { readonly at: "start" | "end" };

/** What is written: plain text, which takes the formatting of where it goes, or Markdown. */
export type Writing = { readonly text: string } | { readonly markdown: string };

export type Edit =
  | ({ readonly do: "replace"; readonly place: Place } & Writing)
  | ({
      /** Before or after a quote, inline; before or after a block, as blocks; at the start or end of a document or section. */
      readonly do: "insert";
      readonly place: Place;
      readonly where?: "before" | "after";
    } & Writing)
  | { readonly do: "delete"; readonly place: Place }
  | {
      readonly do: "format";
      readonly place: Place;
      /** Marks of text, and attributes of blocks where the place is a block; null takes one away. */
      readonly set: { readonly [key: string]: string | number | boolean | null };
    }
  /** An item at the end of the last list in that place. Markdown of one paragraph, or text. */
  | ({ readonly do: "appendItem"; readonly place: Place; readonly checked?: boolean } & Writing);

export interface EditsRequest {
  /** The version whose text the places speak of. Default: the head. */
  readonly version?: Version;
  readonly epoch?: Epoch;
  /** One after the other, each on what the one before makes; all or none. */
  readonly edits: readonly Edit[];
  readonly dryRun?: boolean;
}
