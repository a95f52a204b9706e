// The ops that a person's steps make of the document they see. In rich ones, atom 0 is a marker and stays one.

import type { Op } from "../../client/types.js";
import { plainOp, RichSnapshot, richOp, type Snapshot } from "../../ot/index.js";
import type { Step } from "./steps.js";

export type Edit = Extract<
  Step,
  { do: "type" | "patch" | "delete" | "format" | "heading" | "split" | "join" }
>;

/** @param text  what a typing step types */
export function editOp(step: Edit, doc: Snapshot, text: string): Op | undefined {
  return doc instanceof RichSnapshot ? richEdit(step, doc, text) : plainEdit(step, doc, text);
}

function plainEdit(step: Edit, doc: Snapshot, text: string): Op | undefined {
  const at = step.at % (doc.length + 1);
  switch (step.do) {
    case "type":
      return plainOp().skip(at).insert(text).done();
    case "patch": {
      const count = Math.min(step.count, doc.length - at);
      const [first, second] = halves(text);
      if (count < 2) return plainOp().skip(at).insert(text).done();
      return plainOp()
        .skip(at)
        .insert(first)
        .delete(1)
        .skip(count - 1)
        .insert(second)
        .done();
    }
    case "split":
    case "format":
    case "heading":
      return plainOp().skip(at).insert("\n").done();
    case "delete":
    case "join": {
      const count = Math.min(step.do === "join" ? 1 : step.count, doc.length - at);
      return count === 0 ? undefined : plainOp().skip(at).delete(count).done();
    }
  }
}

function richEdit(step: Edit, doc: RichSnapshot, text: string): Op | undefined {
  const at = 1 + (step.at % doc.length);
  switch (step.do) {
    case "type":
      // Every third typing is bold, so that formats meet formats.
      return richOp()
        .skip(at)
        .insert(text, step.at % 3 === 0 ? { b: 1 } : undefined)
        .done();
    case "patch": {
      const count = Math.min(step.count, doc.length - at);
      const [first, second] = halves(text);
      if (count < 2) return richOp().skip(at).insert(text).done();
      return richOp()
        .skip(at)
        .insert(first)
        .delete(1)
        .skip(count - 1)
        .insert(second, { b: 1 })
        .done();
    }
    case "split":
      return richOp()
        .skip(at)
        .insert("\n", step.at % 2 === 0 ? { t: "h1" } : undefined)
        .done();
    case "heading":
      return richOp()
        .skip(at - 1)
        .retain(1, undefined, { t: step.on ? "h2" : null })
        .done();
    case "format": {
      const count = Math.min(step.count, doc.length - at);
      return count === 0
        ? undefined
        : richOp()
            .skip(at)
            .retain(count, { b: step.on ? 1 : null })
            .done();
    }
    case "delete": {
      const count = Math.min(step.count, doc.length - at);
      return count === 0 ? undefined : richOp().skip(at).delete(count).done();
    }
    case "join": {
      const marker = [...doc.text(1)].indexOf("\n");
      return marker === -1
        ? undefined
        : richOp()
            .skip(marker + 1)
            .delete(1)
            .done();
    }
  }
}

function halves(text: string): readonly [string, string] {
  const characters = [...text];
  const middle = Math.ceil(characters.length / 2);
  return [characters.slice(0, middle).join(""), characters.slice(middle).join("")];
}
