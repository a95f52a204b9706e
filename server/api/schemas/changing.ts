// Documents changed: by ops, by contents, by edits at quotes, and back to what they were.

import Type, { type Static } from "typebox";
import type {
  ContentRequest,
  Edit,
  EditsRequest,
  Op,
  Place,
  RestoreReply,
  RestoreRequest,
  RevertRequest,
  SubmitReply,
  SubmitRequest,
} from "../../../protocol/index.js";
import {
  anything,
  contents,
  documentType,
  epoch,
  exactly,
  flag,
  list,
  op,
  type Same,
  text,
  time,
  version,
} from "./common.js";

const dryRun = Type.Optional(
  Type.Boolean({ description: "Answer what would be committed, and commit nothing." }),
);
const base = Type.Optional(version);

export const submitRequest = exactly(
  {
    version: base,
    epoch,
    op: Type.Optional(op),
    ops: Type.Optional(Type.Unsafe<readonly Op[]>(Type.Array(op, { maxItems: 1000 }))),
    dryRun,
  },
  { examples: [{ version: 1, op: [3, "s"] }] },
);
const made = {
  version,
  op: Type.Optional(op),
  epoch: Type.Optional(text),
  preview: Type.Optional(
    exactly({ id: text, type: documentType, version, epoch: text, snapshot: anything, text }),
  ),
};
export const submitReply = exactly(made);
export const restoreReply = exactly({ ...made, from: base });

export const contentRequest = exactly(
  { version: base, epoch, ...contents, dryRun },
  { examples: [{ version: 1, text: "Hot tea" }] },
);

const nth = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 }));
const place = Type.Union([
  exactly({
    quote: Type.String({ minLength: 1 }),
    before: Type.Optional(text),
    after: Type.Optional(text),
    nth,
  }),
  exactly({ block: Type.Integer({ minimum: -1e9, maximum: 1e9 }) }),
  exactly({ heading: text, nth }),
  exactly({ at: Type.Union([Type.Literal("start"), Type.Literal("end")]) }),
]);
const writings = [{ text }, { markdown: text }] as const;
const value = Type.Union([text, Type.Number(), flag, Type.Null()]);
const set = Type.Unsafe<{ readonly [key: string]: string | number | boolean | null }>(
  Type.Record(text, value),
);
const where = Type.Optional(Type.Union([Type.Literal("before"), Type.Literal("after")]));
const checked = Type.Optional(flag);
const [plain, markdown] = writings;
const kind = <const K extends string>(name: K) => ({ do: Type.Literal(name), place });
const edit = Type.Union([
  exactly({ ...kind("replace"), ...plain }),
  exactly({ ...kind("replace"), ...markdown }),
  exactly({ ...kind("insert"), where, ...plain }),
  exactly({ ...kind("insert"), where, ...markdown }),
  exactly(kind("delete")),
  exactly({ ...kind("format"), set }),
  exactly({ ...kind("appendItem"), checked, ...plain }),
  exactly({ ...kind("appendItem"), checked, ...markdown }),
]);
export const editsRequest = exactly(
  { version: base, epoch, edits: list(edit, { minItems: 1, maxItems: 1000 }), dryRun },
  { examples: [{ edits: [{ do: "replace", place: { quote: "Tea" }, text: "Coffee" }] }] },
);

export const restoreRequest = exactly(
  { version: base, at: Type.Optional(time), epoch },
  { minProperties: 1, examples: [{ version: 1 }] },
);
export const revertRequest = exactly(
  { from: version, to: version, epoch, author: Type.Optional(text), dryRun },
  { examples: [{ from: 1, to: 2 }] },
);

true satisfies Same<Static<typeof submitRequest>, SubmitRequest>;
true satisfies Same<Static<typeof submitReply>, SubmitReply>;
true satisfies Same<Static<typeof contentRequest>, ContentRequest>;
true satisfies Same<Static<typeof place>, Place>;
true satisfies Same<Static<typeof edit>, Edit>;
true satisfies Same<Static<typeof editsRequest>, EditsRequest>;
true satisfies Same<Static<typeof restoreRequest>, RestoreRequest>;
true satisfies Same<Static<typeof restoreReply>, RestoreReply>;
true satisfies Same<Static<typeof revertRequest>, RevertRequest>;
