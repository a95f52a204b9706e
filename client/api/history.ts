// What became of a document: its ops, who wrote when and what, differences, and the names of its versions. Every answer
// has in `authors` the name and colour of each user in it.
//
// Versions are those of one life: by default the one that they were told of here.
//
// Faults of all of them: `forbidden` | `bad_name` | `version_ahead` | `version_unknown`: that is not kept any more |
// `epoch_changed`: the document has begun another life, in which those versions are others;
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
  readonly epoch?: Epoch;
}

export interface HistoryPage extends VersionRange {
  /** Where the page before ended. */
  readonly cursor?: string;
  readonly limit?: number;
}

export interface VersionInLife {
  readonly version?: Version;
  readonly epoch?: Epoch;
}

export interface HistoryCalls {
  /** The ops that made the versions after `from` up to `to`. One page: if its last is not `to`, ask from there. */
  ops(id: string, range?: VersionRange, reading?: Reading): Promise<OpsReply>;
  /** Sessions of edits, the newest first. One page: the next is asked for with its `cursor`. */
  history(id: string, page?: HistoryPage, reading?: Reading): Promise<HistoryReply>;
  /** What was inserted, deleted and reformatted between two versions, and by whom. Default `to`: the head. */
  diff(id: string, range: VersionRange & { readonly from: Version }, reading?: Reading): Promise<DiffReply>;
  /** Who wrote each run of characters, and when. Default: at the head. */
  blame(id: string, at?: VersionInLife, reading?: Reading): Promise<BlameReply>;
  /** The versions that have names, the newest first. */
  versions(id: string, reading?: Reading): Promise<NamesReply>;
  /** Names a version, anew if it has a name. @throws ApiFault also `readonly` | `op_malformed` | `op_too_complex` | `storage_full` */
  name(id: string, request: NameRequest, reading?: Reading): Promise<NamedVersion>;
  /** Takes the name of a version away; none is fine. @throws ApiFault also `readonly` | `storage_full` */
  unname(id: string, version: Version, reading?: Reading & { readonly epoch?: Epoch }): Promise<void>;
}

export function historyCalls({ get, send, lives }: Calls): HistoryCalls {
  const within = (id: string, range: VersionRange) => ({
    ...range,
    ...lifeIn(lives, id, range.from ?? range.to, range.epoch),
  });
  const at = (id: string, { version, epoch }: VersionInLife) => lifeIn(lives, id, version, epoch);
  return {
    ops: async (id, range = {}, reading = {}) => {
      const query = within(id, range);
      const reply = await get<OpsReply>(pathOf("ops", { id }), query, reading);
      const { epoch, head: version } = reply;
      lives.learn(id, { version: reply.ops.at(-1)?.version ?? version, epoch });
      lives.learn(id, { version, epoch });
      return reply;
    },
    history: (id, page = {}, reading = {}) => get(pathOf("history", { id }), within(id, page), reading),
    diff: (id, range, reading = {}) => get(pathOf("diff", { id }), within(id, range), reading),
    blame: (id, one = {}, reading = {}) => get(pathOf("blame", { id }), { ...one, ...at(id, one) }, reading),
    versions: (id, reading = {}) => get(pathOf("versions", { id }), {}, reading),
    name: (id, request, { signal } = {}) => {
      const body = { ...request, ...at(id, request) };
      return send({ method: "POST", path: pathOf("versions", { id }), body, repeatable: true, signal });
    },
    unname: (id, version, { epoch, signal } = {}) => {
      const query = lifeIn(lives, id, version, epoch);
      return send({
        method: "DELETE",
        path: pathOf("version", { id, version }),
        query,
        repeatable: true,
        signal,
      });
    },
  };
}
