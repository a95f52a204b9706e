// What is wrong with a JSON text before it is parsed: so many short pieces, so deep or with so many keys that to parse it would
// take seconds in which nobody else is served. A text of the same length with few pieces in it is parsed in a moment.
//
//   {"snapshot": ["Tea\n", {"i": "hot", "a": {"b": 1}}]}          pieces: what begins with { or [ or stands behind a comma
//
// Whether it is JSON at all is for the parser to say, and what may stand in it for `checkJson` and the schemas.

import { Fault } from "../../protocol/index.js";
import { MAX_DEPTH, MAX_KEYS } from "../../protocol/shape.js";

/** Twice what a book has in which every third word is formatted. */
const MOST_PIECES = 2_000_000;
/** What `checkJson` bounds stands in the body. */
const DEEPEST = MAX_DEPTH + 1;

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [91, 93, 123, 125];

/** @throws Fault `op_too_complex` */
export function demandSimpleText(json: string): void {
  let pieces = 0;
  /** Of what is open, from the outermost: the commas of objects; none are counted of lists. */
  const open: number[] = [];
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case LIST:
      case OBJECT:
        pieces++;
        open.push(json.charCodeAt(at) === OBJECT ? 1 : Number.NEGATIVE_INFINITY);
        if (open.length > DEEPEST) throw tooComplex("Nested too deeply.", { maxDepth: MAX_DEPTH });
        break;
      case LIST_END:
      case OBJECT_END:
        open.pop();
        break;
      case COMMA:
        pieces++;
        if (open.length > 0 && ++open[open.length - 1]! > MAX_KEYS)
          throw tooComplex("An object has too many keys.", { maxKeys: MAX_KEYS });
    }
    if (pieces > MOST_PIECES)
      throw tooComplex("There are too many pieces in it.", { maxPieces: MOST_PIECES });
  }
}

/** Where the string ends that begins there. */
function endOfString(json: string, begin: number): number {
  for (let end = json.indexOf('"', begin + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}

const tooComplex = (message: string, details: { readonly [name: string]: number }) =>
  new Fault("op_too_complex", message, { details });
