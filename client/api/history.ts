// What became of a document: its ops, who wrote when and what, differences, and the names of its versions. Every answer
// has in `authors` the name and colour of each user in it.
//
// Faults of all of them: `forbidden` | `bad_name` | `version_ahead` | `version_unknown`: that is not kept any more;
// and those of any call (`documents.ts`).

import type {
  BlameReply,
  DiffReply,
  Epoch,
  HistoryReply,
  NamedVersion,
  NameRequest,
  NamesReply,
  OpsReply,
  Version,
} from "../../protocol/index.js";
import { type Calls, lifeIn, pathOf, type Reading } from "./requests.js";

export interface VersionRange {
  readonly from?: Version;
  readonly to?: Version;
}

/** Versions of one life. Default: the one that they were told of here. */
export interface OpsRange extends VersionRange {
  readonly epoch?: Epoch;
}

export interface HistoryPage extends VersionRange {
  /** Where the page before ended. */
  readonly cursor?: string;
  readonly limit?: number;
}

export interface HistoryCalls {
  /**
   * The ops that made the versions after `from` up to `to`. One page: if its last is not `to`, ask from there.
   *
   * @throws ApiFault also `epoch_changed`: they would go on from nothing that was read before
   */
  ops(id: string, range?: OpsRange, reading?: Reading): Promise<OpsReply>;
  /** Sessions of edits, the newest first. One page: the next is asked for with its `cursor`. */
  history(id: string, page?: HistoryPage, reading?: Reading): Promise<HistoryReply>;
  /** What was inserted, deleted and reformatted between two versions, and by whom. Default `to`: the head. */
  diff(
    id: string,
    range: { readonly from: Version; readonly to?: Version },
    reading?: Reading,
  ): Promise<DiffReply>;
  /** Who wrote each run of characters, and when. Default: at the head. */
  blame(id: string, at?: { readonly version?: Version }, reading?: Reading): Promise<BlameReply>;
  /** The versions that have names, the newest first. */
  versions(id: string, reading?: Reading): Promise<NamesReply>;
  /** Names a version, anew if it has a name. @throws ApiFault also `readonly` | `op_malformed` | `op_too_complex` | `storage_full` */
  name(id: string, request: NameRequest, reading?: Reading): Promise<NamedVersion>;
  /** Takes the name of a version away; none is fine. @throws ApiFault also `readonly` | `storage_full` */
  unname(id: string, version: Version, reading?: Reading): Promise<void>;
}

export function historyCalls({ get, send, told }: Calls): HistoryCalls {
  return {
    ops: async (id, range = {}, reading = {}) => {
      const query = { ...range, ...lifeIn(told, id, range.from ?? range.to, range.epoch) };
      const reply = await get<OpsReply>(pathOf("ops", { id }), query, reading);
      const { epoch, head: version } = reply;
      told.learn(id, { version: reply.ops.at(-1)?.version ?? version, epoch });
      told.learn(id, { version, epoch });
      return reply;
    },
    history: (id, page = {}, reading = {}) => get(pathOf("history", { id }), { ...page }, reading),
    diff: (id, range, reading = {}) => get(pathOf("diff", { id }), range, reading),
    blame: (id, at = {}, reading = {}) => get(pathOf("blame", { id }), { ...at }, reading),
    versions: (id, reading = {}) => get(pathOf("versions", { id }), {}, reading),
    name: (id, body, { signal } = {}) =>
      send({ method: "POST", path: pathOf("versions", { id }), body, repeatable: true, signal }),
    unname: (id, version, { signal } = {}) =>
      send({ method: "DELETE", path: pathOf("version", { id, version }), repeatable: true, signal }),
  };
}
