// Items appended to a list: the last one in a section or document, or the one that a block stands in.
//
//     1. one                        level 0, the item to go on from
//        - nested                   deeper: belongs to it
//        more of it                 li: "c", likewise
//     2. NEW                        here, with the kind and level of the item above; numbers count on by themselves

import { noAttributes, type RichOp, richOp, type Value } from "../../../ot/index.js";
import { Fault, type Writing } from "../../../protocol/index.js";
import type { Target } from "./places.js";
import type { Row } from "./rows.js";
import { inline } from "./writing.js";

const levelOf = ({ attributes }: Row): number => (typeof attributes.in === "number" ? attributes.in : 0);
const isListed = (row: Row | undefined): row is Row =>
  row !== undefined && typeof row.attributes.li === "string";
const isItem = (row: Row | undefined): row is Row => isListed(row) && row.attributes.li !== "c";

/** @throws Fault `place_missing` where there is no list */
export function appendItem(
  rows: readonly Row[],
  target: Target,
  writing: Writing & { readonly checked?: boolean },
  edit: number,
): RichOp {
  const model = modelIn(rows, target);
  const item = model === undefined ? undefined : rows[model];
  if (model === undefined || item === undefined)
    throw new Fault("place_missing", "There is no list in that place.", { details: { edit } });
  let last = model;
  while (belongs(rows[last + 1], item)) last++;
  const attributes: { [key: string]: Value } = Object.fromEntries(
    Object.entries(item.attributes).filter(([key]) => key === "li" || key === "in" || key === "q"),
  );
  if (attributes.li === "t" && writing.checked === true) attributes.ck = 1;
  const op = richOp().skip(rows[last]!.end).insert("\n", attributes);
  for (const insert of inline(writing, noAttributes, attributes)) op.add(insert);
  return op.done();
}

/** Whether a row goes on with the list of `item`, at its level or below. */
function belongs(row: Row | undefined, item: Row): boolean {
  if (!isListed(row) || row.attributes.q !== item.attributes.q || levelOf(row) < levelOf(item)) return false;
  if (levelOf(row) > levelOf(item) || row.attributes.li === "c") return true;
  return row.attributes.li === item.attributes.li && row.attributes.new === undefined;
}

/** The row of an item of the list that is meant. */
function modelIn(rows: readonly Row[], target: Target): number | undefined {
  if (target.kind === "text" || target.kind === "block") {
    let at = target.kind === "text" ? target.row : target.first;
    const level = levelOf(rows[at]!);
    while (isListed(rows[at]) && (!isItem(rows[at]) || levelOf(rows[at]!) > level)) at--;
    return isItem(rows[at]) ? at : undefined;
  }
  const [first, last] = target.kind === "edge" ? edge(rows, target.at) : [target.first, target.last];
  let at = last - 1;
  while (at >= first && !isListed(rows[at])) at--;
  // Up to the item of the outermost level that this list has here.
  for (let from = at; from >= first && isListed(rows[from]); from--) {
    if (isItem(rows[from]) && levelOf(rows[from]!) === 0) return from;
    if (isItem(rows[from]) && (!isItem(rows[at]) || levelOf(rows[from]!) < levelOf(rows[at]!))) at = from;
  }
  return isItem(rows[at]) ? at : undefined;
}

/** At the start of a document its first list is meant, at its end the last one. */
function edge(rows: readonly Row[], at: "start" | "end"): readonly [first: number, last: number] {
  if (at === "end") return [0, rows.length];
  const first = rows.findIndex((row) => isListed(row));
  if (first === -1) return [0, 0];
  let last = first;
  while (isListed(rows[last])) last++;
  return [first, last];
}
