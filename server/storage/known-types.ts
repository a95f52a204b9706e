// How the adapter holds the text of a document in memory: by value where it knows the type, as JSON where it does not.
//
// The snapshots of the types given here are immutable, so one value serves every reader and a commit costs what its edit
// costs. ShareDB's other types change their snapshots in place: they are kept as JSON and parsed anew for each reader.

import { StorageError } from "./errors.js";

/** An immutable snapshot. */
export interface Value {
  readonly length: number;
  toJSON(): unknown;
  /** The document in the hands of one who applies many ops; absent: of that type there is no such form. */
  transient?(): Owned;
}

/** A document that is changed in place; see `Transient` of `ot/types.ts`. */
interface Owned {
  apply(op: unknown): unknown;
  freeze(): Value;
}

export interface KnownType {
  readonly uri: string;
  /** Builds a snapshot from its wire form. */
  create(wire: unknown): Value;
  /** What a list calls the document; short, and cheap however long the document is. */
  title(snapshot: Value): string;
}

export type Held =
  | { readonly kind: "nothing" }
  | { readonly kind: "value"; readonly type: KnownType; readonly value: Value }
  | { readonly kind: "json"; readonly json: string };

export class KnownTypes {
  private readonly types: ReadonlyMap<string | null, KnownType>;

  constructor(types: readonly KnownType[]) {
    this.types = new Map(types.map((type) => [type.uri, type]));
  }

  /** Whether documents of that type are held by value. */
  has(uri: string | null): boolean {
    return this.types.has(uri);
  }

  /** Takes a snapshot's data over from ShareDB, which goes on using the snapshot object itself. */
  hold(uri: string | null, data: unknown): Held {
    if (data === undefined) return { kind: "nothing" };
    const type = this.types.get(uri);
    if (type === undefined) return { kind: "json", json: JSON.stringify(data) };
    return { kind: "value", type, value: type.create(data) };
  }

  /** Takes data over as it was saved. @throws StorageError `corrupt` */
  revive(uri: string | null, json: string | null): Held {
    const type = this.types.get(uri);
    if (json === null) return { kind: "nothing" };
    try {
      const data: unknown = JSON.parse(json);
      return type === undefined ? { kind: "json", json } : { kind: "value", type, value: type.create(data) };
    } catch (error) {
      throw new StorageError("corrupt", "The database is damaged: a snapshot is not one.", { cause: error });
    }
  }
}

/** The data for one reader, who may change it if the type is one of those that do. */
export function dataOf(held: Held): unknown {
  switch (held.kind) {
    case "nothing":
      return undefined;
    case "value":
      return held.value;
    case "json":
      return JSON.parse(held.json);
  }
}

export function jsonOf(held: Held): string | null {
  switch (held.kind) {
    case "nothing":
      return null;
    case "value":
      return JSON.stringify(held.value);
    case "json":
      return held.json;
  }
}

/** Roughly what it weighs in memory. */
export function bytesOf(held: Held): number {
  switch (held.kind) {
    case "nothing":
      return 0;
    case "value":
      return 2 * held.value.length;
    case "json":
      return 2 * held.json.length;
  }
}

export const titleOf = (held: Held): string => (held.kind === "value" ? held.type.title(held.value) : "");
