// Contents in other forms than ops: a document replaced by what somebody has edited elsewhere, and edits at quotes.
//
// Both are worked out on the version that the caller has read, and submitted as made at it; so they merge with what
// others did since. What is long is worked on apart (`forming/`).

import type { PlainSnapshot, RichSnapshot } from "../../ot/index.js";
import {
  type ContentRequest,
  type DocumentType,
  Fault,
  type Op,
  type SubmitReply,
} from "../../protocol/index.js";
import { demandOneForm } from "../formats/index.js";
import type { HoldingCore } from "./core.js";
import type { Forming } from "./forming/index.js";
import { demandLife } from "./lives.js";
import type { By, WritesContents } from "./types.js";

type Made = (type: DocumentType, base: PlainSnapshot | RichSnapshot) => Promise<Op>;

export function createContents(
  core: Pick<HoldingCore, "held" | "submit">,
  forming: Pick<Forming, "replace" | "edit">,
): WritesContents {
  async function submit(
    id: string,
    { version, epoch, dryRun }: Pick<ContentRequest, "version" | "epoch" | "dryRun">,
    by: By | undefined,
    make: Made,
  ): Promise<SubmitReply> {
    const life = epoch ?? by?.ifEpoch;
    const when =
      version === undefined ? undefined : { version, ...(life === undefined ? {} : { epoch: life }) };
    const found = await core.held(id, when);
    if (found === undefined) throw new Fault("forbidden", "There is no such document.");
    demandLife(found, epoch);
    demandLife(found, by?.ifEpoch);
    if (version !== undefined && version > found.version)
      throw new Fault("version_ahead", `The document is at version ${found.version}.`);
    if (version !== undefined && found.version !== version)
      throw new Fault("version_unknown", "The document cannot be read as it was then.");
    const { type, snapshot } = found;
    const op = await make(type, snapshot);
    const made = { version: found.version, epoch: found.epoch, op };
    return core.submit(id, { ...made, ...(dryRun === undefined ? {} : { dryRun }) }, by);
  }

  return {
    async replace(id, request, by) {
      const { version: _, epoch: __, dryRun: ___, ...contents } = request;
      demandOneForm(contents);
      return submit(id, request, by, (type, base) => forming.replace(type, base, contents));
    },
    edit: (id, request, by) =>
      submit(id, request, by, (type, base) => forming.edit(type, base, request.edits)),
  };
}
