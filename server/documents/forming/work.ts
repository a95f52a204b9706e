// What takes a processor long: contents in other forms read, written and compared with a document. Pure, so that it is the
// same wherever it is done; `index.ts` decides where, and `thread.ts` is where it is done apart.
//
// Tasks and outcomes travel as JSON, which costs the server's own thread less than a copy of what it is made of. A fault
// travels as it does on the wire, for an error that crosses threads loses its class.

import type { PlainSnapshot, RichSnapshot } from "../../../ot/index.js";
import type { Contents, DocumentType, Edit, FaultMessage, Format } from "../../../protocol/index.js";
import { readable, readContents, writeSnapshot } from "../../formats/index.js";
import { replacing } from "../../formats/replacement.js";
import { allowSnapshot } from "../../policy.js";
import { types } from "../../types.js";
import { editing } from "../edits/index.js";
import { asFault } from "../spoken.js";
import { atOnce } from "../steps.js";

/** `base` is a document in wire form. */
export type Task =
  | { readonly do: "read"; readonly type: DocumentType; readonly contents: Contents }
  | { readonly do: "write"; readonly type: DocumentType; readonly base: unknown; readonly format: Format }
  | {
      readonly do: "replace";
      readonly type: DocumentType;
      readonly base: unknown;
      readonly contents: Contents;
    }
  | {
      readonly do: "edit";
      readonly type: DocumentType;
      readonly base: unknown;
      readonly edits: readonly Edit[];
    };

export type Outcome = { readonly done: unknown } | { readonly fault: FaultMessage };

/** The wire form of a document with these contents, which may stand in one. @throws Fault | OtError */
export function wireOf(type: DocumentType, contents: Contents): unknown {
  const wire = types[type].create(readContents(type, contents)).toJSON();
  types[type].checkWire(wire);
  allowSnapshot(type, wire);
  return wire;
}

function result(task: Task): unknown {
  if (task.do === "read") return wireOf(task.type, task.contents);
  const base = types[task.type].create(task.base) as PlainSnapshot | RichSnapshot;
  if (task.do === "write") return writeSnapshot(task.type, base, task.format);
  if (task.do === "replace") return atOnce(replacing(task.type, base, task.contents));
  return atOnce(editing(task.type, base, task.edits));
}

/** @param given  a {@link Task}. @returns an {@link Outcome} */
export async function perform(given: string): Promise<string> {
  let outcome: Outcome;
  try {
    const task = JSON.parse(given) as Task;
    if ("contents" in task) await readable(task.contents);
    outcome = { done: result(task) };
  } catch (error) {
    outcome = { fault: asFault(error).toJSON() };
  }
  return JSON.stringify(outcome);
}
