// The two document types as subjects of the laws.

import type { RichWire } from "../../ot/index.js";
import {
  type PlainOp,
  type PlainSnapshot,
  plainText,
  type RichOp,
  type RichSnapshot,
  richText,
} from "../../ot/index.js";
import {
  type PlainStep,
  plainDocument,
  plainOpFrom,
  plainSteps,
  type RichStep,
  richDocument,
  richOpFrom,
  richSteps,
} from "../arbitraries/index.js";
import { movePositionSlowly } from "../oracle/algebra.js";
import { applyToAtoms, applyToText, atomsOf, wireOf } from "../oracle/atoms.js";
import type { Subject } from "./laws.js";

export const plain: Subject<PlainSnapshot, PlainOp, PlainStep[], string> = {
  type: plainText,
  document: plainDocument(),
  steps: plainSteps(),
  opFrom: plainOpFrom,
  applySlowly: (text, op) => applyToText([...text], op).join(""),
  movePositionSlowly,
  lengthOf: (text) => [...text].length,
};

export const rich: Subject<RichSnapshot, RichOp, RichStep[], RichWire> = {
  type: richText,
  document: richDocument(),
  steps: richSteps(),
  opFrom: richOpFrom,
  applySlowly: (wire, op) => wireOf(applyToAtoms(atomsOf(wire), op)),
  movePositionSlowly,
  lengthOf: (wire) => atomsOf(wire).length,
};
