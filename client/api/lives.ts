// Which life of a document the versions are of that were told here. A program that reads version 7 and gives back 7 means
// the life that it has read, so its number goes out with that life's epoch, and is refused where the document has begun
// another since.
//
// Kept are what was told last, some thousands of versions. A number that was not told here is of the life that was told last.

import type { Epoch, Tag, Version } from "../../protocol/index.js";

const MOST = 10_000;

export interface Lives {
  /** A version was told, with its life if the server names that. */
  learn(id: string, tag: Tag): void;
  /** The life that a version is meant in; undefined: nothing was told of the document. */
  lifeOf(id: string, version: Version): Epoch | undefined;
}

export function createLives(): Lives {
  const lives = new Map<string, Epoch>();
  const keep = (key: string, epoch: Epoch) => {
    lives.delete(key);
    lives.set(key, epoch);
    if (lives.size > MOST) lives.delete(lives.keys().next().value!);
  };
  return {
    learn(id, { version, epoch }) {
      if (epoch === undefined) return;
      keep(`${id} ${version}`, epoch);
      keep(id, epoch);
    },
    lifeOf: (id, version) => lives.get(`${id} ${version}`) ?? lives.get(id),
  };
}
