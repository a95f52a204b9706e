// Contents in other forms than ops: a document replaced by what somebody has edited elsewhere, and edits at quotes.
//
// Both are worked out on the version that the caller has read, and submitted as made at it; so they merge with what
// others did since. What is long is worked on apart (`forming/`).

import type { PlainSnapshot, RichSnapshot } from "../../ot/index.js";
import { type DocumentType, Fault, type Op, type SubmitReply, type Version } from "../../protocol/index.js";
import { demandOneForm } from "../formats/index.js";
import type { HoldingCore } from "./core.js";
import type { Forming } from "./forming/index.js";
import type { By, WritesContents } from "./types.js";

type Made = (type: DocumentType, base: PlainSnapshot | RichSnapshot) => Promise<Op>;

export function createContents(
  core: Pick<HoldingCore, "held" | "submit">,
  forming: Pick<Forming, "replace" | "edit">,
): WritesContents {
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
    const op = await make(type, snapshot);
    return core.submit(id, { version: found.version, op, ...(dryRun === undefined ? {} : { dryRun }) }, by);
  }

  return {
    async replace(id, { version, dryRun, ...contents }, by) {
      demandOneForm(contents);
      return submit(id, asked(version, dryRun), by, (type, base) => forming.replace(type, base, contents));
    },
    edit: (id, { version, dryRun, edits }, by) =>
      submit(id, asked(version, dryRun), by, (type, base) => forming.edit(type, base, edits)),
  };
}

const asked = (version: Version | undefined, dryRun: boolean | undefined) => ({
  ...(version === undefined ? {} : { version }),
  ...(dryRun === undefined ? {} : { dryRun }),
});
