// What became of a document, and the names of its versions.

import Type, { type Static } from "typebox";
import type {
  BlameReply,
  DiffReply,
  HistoryReply,
  NamedVersion,
  NameRequest,
  NamesReply,
  OpsReply,
} from "../../../protocol/index.js";
import {
  authors,
  committed,
  content,
  count,
  documentType,
  epoch,
  exactly,
  list,
  type Same,
  text,
  time,
  version,
  word,
} from "./common.js";

export const opsReply = exactly({ ops: list(committed), head: version, epoch: text, authors });

const session = exactly({
  from: version,
  to: version,
  author: text,
  startedAt: time,
  endedAt: time,
  ops: count,
  inserted: count,
  deleted: count,
  reformatted: count,
});
export const namedVersion = exactly({ version, name: text, author: text, time });
export const historyReply = exactly({
  sessions: list(session),
  names: list(namedVersion),
  authors,
  began: version,
  cursor: Type.Optional(text),
});
const part = exactly({
  kind: word("kept", "inserted", "deleted", "reformatted"),
  content,
  before: Type.Optional(content),
  author: Type.Optional(text),
  time: Type.Optional(time),
  version: Type.Optional(version),
});
export const diffReply = exactly({
  type: documentType,
  from: version,
  to: version,
  parts: list(part),
  authors,
});
const run = exactly({ at: count, length: count, author: text, time, version });
export const blameReply = exactly({ type: documentType, version, runs: list(run), authors });
export const namesReply = exactly({ versions: list(namedVersion), authors });
export const nameRequest = exactly(
  { name: Type.String({ minLength: 1, maxLength: 500 }), version: Type.Optional(version), epoch },
  { examples: [{ name: "Sent to print" }] },
);

export const rangeQuery = exactly({ from: Type.Optional(version), to: Type.Optional(version), epoch });
export const historyQuery = exactly({
  from: Type.Optional(version),
  to: Type.Optional(version),
  epoch,
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
export const diffQuery = exactly({ from: version, to: Type.Optional(version), epoch });
export const versionQuery = exactly({ version: Type.Optional(version), epoch });
export const lifeQuery = exactly({ epoch });
export const versionParams = exactly({ id: text, version });

true satisfies Same<Static<typeof opsReply>, OpsReply>;
true satisfies Same<Static<typeof historyReply>, HistoryReply>;
true satisfies Same<Static<typeof diffReply>, DiffReply>;
true satisfies Same<Static<typeof blameReply>, BlameReply>;
true satisfies Same<Static<typeof namesReply>, NamesReply>;
true satisfies Same<Static<typeof namedVersion>, NamedVersion>;
true satisfies Same<Static<typeof nameRequest>, NameRequest>;
