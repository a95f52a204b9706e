// Contents in other forms than ops: a document replaced by what somebody has edited elsewhere, and edits at quotes.
//
// Both are worked out on the version that the caller has read, and submitted as made at it; so they merge with what
// others did since. A long document is worked on in steps, between which the event loop serves others.

import { setImmediate } from "node:timers/promises";
import { OtError, PlainSnapshot, RichSnapshot } from "../../ot/index.js";
import { type DocumentType, Fault, type Op, type SubmitReply, type Version } from "../../protocol/index.js";
import { replacing } from "../formats/replacement.js";
import { editsOp } from "./edits/index.js";
import type { By, Core, WritesContents } from "./types.js";

type Made = (type: DocumentType, base: PlainSnapshot | RichSnapshot) => Op | Promise<Op>;

export function createContents(core: Core): WritesContents {
  async function submit(
    id: string,
    { version, dryRun }: { readonly version?: Version; readonly dryRun?: boolean },
    by: By | undefined,
    make: Made,
  ): Promise<SubmitReply> {
    const found = await core.read(id, version === undefined ? undefined : { version });
    if (found === undefined) throw new Fault("forbidden", "There is no such document.");
    if (version !== undefined && version > found.version)
      throw new Fault("version_ahead", `The document is at version ${found.version}.`);
    if (version !== undefined && found.version !== version)
      throw new Fault("version_unknown", "The document cannot be read as it was then.");
    const { type, snapshot } = found;
    const op = await spoken(() =>
      make(type, type === "plain" ? PlainSnapshot.from(snapshot) : RichSnapshot.from(snapshot)),
    );
    return core.submit(id, { version: found.version, op, ...(dryRun === undefined ? {} : { dryRun }) }, by);
  }

  return {
    replace: (id, { version, dryRun, ...contents }, by) =>
      submit(id, asked(version, dryRun), by, (type, base) => inSteps(replacing(type, base, contents))),
    edit: (id, { version, dryRun, edits }, by) =>
      submit(id, asked(version, dryRun), by, (type, base) => editsOp(type, base, edits)),
  };
}

const asked = (version: Version | undefined, dryRun: boolean | undefined) => ({
  ...(version === undefined ? {} : { version }),
  ...(dryRun === undefined ? {} : { dryRun }),
});

async function inSteps<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await setImmediate();
  }
}

/** What the types throw, as a fault. */
async function spoken<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof OtError) throw new Fault(error.code, error.message);
    throw error;
  }
}
