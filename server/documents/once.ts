// What is not asked for by ops is worked out at the head, so asked again it would be another op, or none. Under a key the
// log is asked first what became of it, and again if it is refused: the first may have been committed meanwhile.

import { Fault, type FaultCode, type RestoreReply, type SubmitReply } from "../../protocol/index.js";
import { unconditional } from "./keys.js";
import type { By, Core, History, When, WritesContents } from "./types.js";

type Parts = WritesContents & History;

/** What is answered for a time whose version is not kept, or was of a life that has ended since. */
const gone: readonly FaultCode[] = ["version_unknown", "document_deleted", "epoch_changed"];

/** The parts, each of which does once what is asked for under a key. */
export function once(core: Pick<Core, "answered" | "head">, parts: Parts): Parts {
  async function first<Reply extends SubmitReply>(
    id: string,
    asked: object,
    by: By | undefined,
    go: (by: By | undefined) => Promise<Reply>,
    again: (reply: SubmitReply) => Promise<Reply>,
  ): Promise<Reply> {
    if (by?.key === undefined) return go(by);
    const keyed = { ...by, asked };
    const before = await core.answered(id, keyed);
    if (before !== undefined) return again(before);
    try {
      return await go(keyed);
    } catch (error) {
      const made = await core.answered(id, keyed);
      if (made === undefined) throw error;
      return again(made);
    }
  }
  /** Which version was made again; which one a time stood for may not be kept any more. */
  async function fromWhen(id: string, when: When): Promise<Pick<RestoreReply, "from">> {
    if ("version" in when) return { from: when.version };
    try {
      const head = await core.head(id, when);
      return head === undefined ? {} : { from: head.version };
    } catch (error) {
      if (error instanceof Fault && gone.includes(error.code)) return {};
      throw error;
    }
  }
  const same = async (reply: SubmitReply) => reply;
  /** Asking commits nothing, under whatever key. */
  const unkeyed = ({ key: _, ...by }: By): By => by;
  const asking = (dryRun: boolean | undefined, by: By | undefined) =>
    dryRun === true && by !== undefined ? unkeyed(by) : by;

  return {
    ...parts,
    replace: (id, request, by) =>
      first(
        id,
        { replace: unconditional(request) },
        asking(request.dryRun, by),
        (keyed) => parts.replace(id, request, keyed),
        same,
      ),
    edit: (id, request, by) =>
      first(
        id,
        { edit: unconditional(request) },
        asking(request.dryRun, by),
        (keyed) => parts.edit(id, request, keyed),
        same,
      ),
    revert: (id, request, by) =>
      first(
        id,
        { revert: unconditional(request) },
        asking(request.dryRun, by),
        (keyed) => parts.revert(id, request, keyed),
        same,
      ),
    restore: (id, when, by) =>
      first(
        id,
        { restore: unconditional(when) },
        by,
        (keyed) => parts.restore(id, when, keyed),
        async (reply) => ({ ...reply, ...(await fromWhen(id, when)) }),
      ),
  };
}
