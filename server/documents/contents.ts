// Contents in other forms than ops: a document replaced by what somebody has edited elsewhere, and edits at quotes.
//
// Both are worked out on the version that the caller has read, and submitted as made at it; so they merge with what
// others did since. A long document is worked on in steps, between which the event loop serves others.

import { OtError, type PlainSnapshot, type RichSnapshot } from "../../ot/index.js";
import { type DocumentType, Fault, type Op, type SubmitReply, type Version } from "../../protocol/index.js";
import { replacing } from "../formats/replacement.js";
import type { HoldingCore } from "./core.js";
import { editing } from "./edits/index.js";
import { inSteps, type Steps } from "./steps.js";
import type { By, WritesContents } from "./types.js";

type Made = (type: DocumentType, base: PlainSnapshot | RichSnapshot) => Steps<Op>;

export function createContents(core: Pick<HoldingCore, "held" | "submit">): WritesContents {
  async function submit(
    id: string,
    { version, dryRun }: { readonly version?: Version; readonly dryRun?: boolean },
    by: By | undefined,
    make: Made,
  ): Promise<SubmitReply> {
    const found = await core.held(id, version === undefined ? undefined : { version });
    if (found === undefined) throw new Fault("forbidden", "There is no such document.");
    if (version !== undefined && version > found.version)
      throw new Fault("version_ahead", `The document is at version ${found.version}.`);
    if (version !== undefined && found.version !== version)
      throw new Fault("version_unknown", "The document cannot be read as it was then.");
    const { type, snapshot } = found;
    const op = await spoken(inSteps(make(type, snapshot)));
    return core.submit(id, { version: found.version, op, ...(dryRun === undefined ? {} : { dryRun }) }, by);
  }

  return {
    replace: (id, { version, dryRun, ...contents }, by) =>
      submit(id, asked(version, dryRun), by, (type, base) => replacing(type, base, contents)),
    edit: (id, { version, dryRun, edits }, by) =>
      submit(id, asked(version, dryRun), by, (type, base) => editing(type, base, edits)),
  };
}

const asked = (version: Version | undefined, dryRun: boolean | undefined) => ({
  ...(version === undefined ? {} : { version }),
  ...(dryRun === undefined ? {} : { dryRun }),
});

/** What the types throw, as a fault. */
async function spoken<T>(made: Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof OtError) throw new Fault(error.code, error.message);
    throw error;
  }
}
