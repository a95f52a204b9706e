// Documents made, listed and read.

import Type, { type Static } from "typebox";
import type {
  CreateRequest,
  DocumentHeadReply,
  DocumentReply,
  ListReply,
  RoleReply,
} from "../../../protocol/index.js";
import {
  anything,
  contents,
  documentType,
  epoch,
  exactly,
  format,
  list,
  type Same,
  text,
  time,
  version,
  word,
} from "./common.js";

export const createRequest = exactly(
  {
    id: Type.Optional(
      Type.String({
        description:
          "1 to 128 letters, digits, _ and -, beginning with a letter or digit; made up if not given.",
      }),
    ),
    type: documentType,
    ...contents,
  },
  { examples: [{ type: "plain", text: "Tea" }] },
);
const head = { id: text, type: documentType, version, epoch: text };
export const documentHeadReply = exactly(head);
export const documentReply = exactly({ ...head, snapshot: anything });
export const roleReply = exactly({ role: word("viewer", "commenter", "editor", "owner") });
export const listReply = exactly({
  documents: list(
    exactly({
      id: text,
      type: documentType,
      version,
      title: text,
      owner: Type.Optional(text),
      createdAt: time,
      updatedAt: time,
    }),
  ),
  cursor: Type.Optional(text),
});

const short = Type.String({ maxLength: 500 });
export const listQuery = exactly({
  search: Type.Optional(short),
  owner: Type.Optional(short),
  cursor: Type.Optional(short),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
export const readQuery = exactly({
  format: Type.Optional(format),
  version: Type.Optional(version),
  at: Type.Optional(time),
  epoch,
});

true satisfies Same<Static<typeof createRequest>, CreateRequest>;
true satisfies Same<Static<typeof documentHeadReply>, DocumentHeadReply>;
true satisfies Same<Static<typeof documentReply>, DocumentReply>;
true satisfies Same<Static<typeof listReply>, ListReply>;
true satisfies Same<Static<typeof roleReply>, RoleReply>;
