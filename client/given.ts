// An op as a program gives it to a document: refused before anything changes if it is none, in the words in which the server
// would refuse it. It need not be canonical; what is made of it is.
//
// Not in `ot/`, which every page loads: there, ops are either canonical or a stranger's, and those are refused if they are not.

import { opBounds } from "../ot/check.js";
import { OtError, type Snapshot, type TextType } from "../ot/index.js";
import { Fault } from "../protocol/index.js";

const MOST = opBounds.maxNumber;

type Parts = { readonly [key: string]: unknown };

/** The canonical form of what was given. @throws Fault `op_malformed` where nobody can say what that would do */
export function readable<S extends Snapshot, O>(type: TextType<S, O>, op: O): O {
  checkReadable(op);
  return type.normalize(op);
}

/** Why the server would not take a canonical op from anybody: `op_malformed`, `op_too_complex` or `bad_unicode`; undefined: it would. */
export function faultOf<S extends Snapshot, O>(type: TextType<S, O>, op: O): Fault | undefined {
  try {
    type.checkOp(op);
    return undefined;
  } catch (error) {
    if (error instanceof OtError) return new Fault(error.code, error.message);
    throw error;
  }
}

/** A list of counts, texts and objects with known keys. What is empty, or not joined, may be in it. */
function checkReadable(op: unknown): void {
  if (!Array.isArray(op)) throw malformed("An op is not a list");
  for (const component of op as readonly unknown[]) {
    if (typeof component === "string") continue;
    if (typeof component === "number") checkCount(component);
    else checkObject(component);
  }
}

function checkObject(component: unknown): void {
  if (!isObject(component)) throw malformed("A component is not an object");
  if (Object.hasOwn(component, "i")) {
    checkKeys(component, ["i", "a"]);
    if (typeof component.i !== "string" && !isObject(component.i))
      throw malformed("An embed is not an object");
  } else if (Object.hasOwn(component, "r")) {
    checkKeys(component, ["r", "a", "b"]);
    checkCount(component.r);
  } else {
    checkKeys(component, ["d"]);
    if (typeof component.d !== "string") checkCount(component.d);
  }
  for (const set of [component.a, component.b])
    if (set !== undefined && !isObject(set)) throw malformed("An attribute set is not an object");
}

function checkCount(count: unknown): void {
  if (typeof count !== "number" || !Number.isInteger(count) || count < 0 || count > MOST)
    throw malformed(`A length is not an integer from 1 to ${MOST}`);
}

function checkKeys(component: Parts, known: readonly string[]): void {
  for (const key of Object.keys(component))
    if (!known.includes(key)) throw malformed("A component has an unknown key");
}

const isObject = (value: unknown): value is Parts =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const malformed = (message: string) => new Fault("op_malformed", message);
