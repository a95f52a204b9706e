// What the harness asks of a system that is measured: to serve, to be joined by its own client library, and to be listened
// to by a socket that only counts. Each system is one file in `systems/`; nothing else names its packages.
//
// Texts are ASCII here, so every library's positions are the same.

import type { Wire } from "./wire.js";

/** One insert or deletion. Of several, each is in the text that the one before has left. */
export interface Splice {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/** One document in one client, by the system's own library. */
export interface Replica {
  readonly text: string;
  /** Done at once here, and sent when the library sends it. */
  splice(splice: Splice): void;
  /** What others did, when it has been applied here. */
  onChange(listener: (splices: readonly Splice[]) => void): void;
  /** Resolves when the server has answered for everything done here so far, in whatever way the system does. */
  saved(): Promise<void>;
  close(): Promise<void>;
}

/** A server that runs in this process. */
export interface Serving {
  readonly url: string;
  /**
   * Makes a document with so many edits of one character behind it, past the network.
   *
   * @param edits  each an insert or a deletion, so that the length stays
   */
  seed(doc: string, text: string, edits: readonly Splice[]): Promise<void>;
  /** Commits edits to a document that is there, as somebody who is connected would; without it, the system has no such way. */
  edit?(doc: string, edits: readonly Splice[]): Promise<void>;
}

export interface System {
  /** As it is asked for on the command line. */
  readonly name: string;
  /** What it keeps when it answers, for the tables. */
  readonly keeps: string;
  /** False for a relay, which knows no document: it carries what is said, and copies part. */
  readonly converges: boolean;
  /** Whether a library of it comes back by itself when its wire was cut. */
  readonly returns: boolean;
  /** Its packages with their versions. @throws Error if one is not installed */
  versions(): string;
  /** @param port  0 takes a free one */
  serve(folder: string, port: number): Promise<Serving>;
  join(url: string, doc: string): Promise<Replica>;
  /** A socket in the document that takes in everything and understands nothing. */
  listen(url: string, doc: string): Promise<Wire>;
}

export const webSocketUrl = (url: string) => url.replace(/^http/, "ws");
