// The rules of transform, compose, invert and positions, one atom at a time.
//
// An op is spread out over the document it was made against: what it inserts into each gap, and what it does to each atom.
// Everything is then said gap by gap and atom by atom. Quadratic in places, and needs to know how long the document is.

import type { AttributeChange, Attributes, Bias, Embed, PlainOp, RichOp, Side } from "../../ot/types.js";
import { type Atom, canonical, change, isBlock, split } from "./atoms.js";

interface Inserted {
  readonly content: string | Embed;
  readonly attributes: Attributes;
}

type Act =
  | { readonly kind: "keep"; readonly a: AttributeChange; readonly b: AttributeChange }
  | { readonly kind: "delete" };

interface Spread {
  /** For each gap, what is put there. */
  readonly gaps: readonly (readonly Inserted[])[];
  /** For each atom, what becomes of it. */
  readonly acts: readonly Act[];
}

const keep: Act = { kind: "keep", a: {}, b: {} };

function spread(op: RichOp | PlainOp, length: number): Spread {
  const gaps: Inserted[][] = Array.from({ length: length + 1 }, () => []);
  const acts: Act[] = [];
  const act = (count: number, one: Act) => {
    for (let n = 0; n < count; n++) acts.push(one);
  };
  const insert = (content: string | Embed, attributes: Attributes) => {
    for (const one of split(content)) gaps[acts.length]!.push({ content: one, attributes });
  };
  for (const component of op) {
    if (typeof component === "number") act(component, keep);
    else if (typeof component === "string") insert(component, {});
    else if ("i" in component) insert(component.i, component.a ?? {});
    else if ("d" in component) {
      act(typeof component.d === "number" ? component.d : [...component.d].length, { kind: "delete" });
    } else act(component.r, { kind: "keep", a: component.a ?? {}, b: component.b ?? {} });
  }
  act(length - acts.length, keep);
  return { gaps, acts };
}

/** Gathers single steps and writes them as a canonical op. */
class Writer {
  readonly #steps: { kind: string; size: number; content?: string | Embed; extra: string; parts: object }[] =
    [];

  #add(kind: string, parts: object, content?: string | Embed): void {
    const last = this.#steps.at(-1);
    const extra = canonical(parts);
    const isText = typeof content === "string";
    const joins = last?.kind === kind && last.extra === extra && (kind !== "insert" || isText);
    if (joins && (kind !== "insert" || typeof last.content === "string")) {
      last.size++;
      if (isText) last.content = `${last.content as string}${content}`;
    } else {
      this.#steps.push({ kind, size: 1, extra, parts, ...(content !== undefined && { content }) });
    }
  }

  insert({ content, attributes }: Inserted): void {
    this.#add("insert", Object.keys(attributes).length > 0 ? { a: attributes } : {}, content);
  }
  delete(): void {
    this.#add("delete", {});
  }
  retain(a: AttributeChange, b: AttributeChange): void {
    const parts = { ...(Object.keys(a).length > 0 && { a }), ...(Object.keys(b).length > 0 && { b }) };
    this.#add(Object.keys(parts).length > 0 ? "retain" : "skip", parts);
  }
  done(): RichOp {
    if (this.#steps.at(-1)?.kind === "skip") this.#steps.pop();
    return this.#steps.map(({ kind, size, content, parts }) => {
      if (kind === "skip") return size;
      if (kind === "delete") return { d: size };
      if (kind === "retain") return { r: size, ...parts };
      return typeof content === "string" && !("a" in parts) ? content : { i: content!, ...parts };
    });
  }
}

/** What `formatter` gives to atoms that `inserter` puts into a gap: keys it sets alike on both atoms beside it. */
function inherited(
  formatter: Spread,
  inserter: Spread,
  gap: number,
  scope: "a" | "b",
  inserterWins: boolean,
) {
  const beside = (one: Spread) => [one.acts[gap - 1], one.acts[gap]];
  const [left, right] = beside(formatter);
  if (left?.kind !== "keep" || right?.kind !== "keep") return {};
  const setsBoth = (key: string) =>
    beside(inserter).every((act) => act?.kind === "keep" && Object.hasOwn(act[scope], key));
  const keys = Object.keys(left[scope]).filter(
    (key) =>
      Object.hasOwn(right[scope], key) &&
      left[scope][key] === right[scope][key] &&
      !(inserterWins && setsBoth(key)),
  );
  return Object.fromEntries(keys.map((key) => [key, left[scope][key]!]));
}

interface Rules {
  /** Whether text goes before markers where both ops insert. ot-text-unicode does not do so. */
  readonly textFirst: boolean;
}

export function transformSlowly(
  op: RichOp | PlainOp,
  over: RichOp | PlainOp,
  side: Side,
  length: number,
  { textFirst }: Rules = { textFirst: true },
): RichOp {
  const mine = spread(op, length);
  const theirs = spread(over, length);
  const iWin = side === "left";
  const result = new Writer();
  for (let gap = 0; gap <= length; gap++) {
    const give = (formatter: Spread, inserter: Spread, inserterWins: boolean) =>
      [
        inherited(formatter, inserter, gap, "a", inserterWins),
        inherited(formatter, inserter, gap, "b", inserterWins),
      ] as const;
    const [giveA, giveB] = give(theirs, mine, iWin);
    const [getA, getB] = give(mine, theirs, !iWin);
    const my = [...mine.gaps[gap]!];
    const their = [...theirs.gaps[gap]!];
    while (my.length > 0 || their.length > 0) {
      const [m, t] = [my[0], their[0]];
      let mineFirst = iWin;
      if (m === undefined || t === undefined) mineFirst = m !== undefined;
      else if (textFirst && isBlock(m.content) !== isBlock(t.content)) mineFirst = isBlock(t.content);
      if (mineFirst) {
        const { content, attributes } = my.shift()!;
        result.insert({ content, attributes: change(attributes, isBlock(content) ? giveB : giveA) });
      } else {
        their.shift();
        result.retain(getA, getB);
      }
    }
    const [me, they] = [mine.acts[gap], theirs.acts[gap]];
    if (me === undefined || they?.kind !== "keep") continue;
    if (me.kind === "delete") result.delete();
    else {
      const left = (scope: "a" | "b") =>
        Object.fromEntries(
          Object.entries(me[scope]).filter(([key]) => iWin || !Object.hasOwn(they[scope], key)),
        );
      result.retain(left("a"), left("b"));
    }
  }
  return result.done();
}

/** One op for two that follow each other; `length` is that of the document before the first. */
export function composeSlowly(first: RichOp, second: RichOp, length: number): RichOp {
  type Step = { readonly inserted: Inserted } | { readonly act: Act };
  const one = spread(first, length);
  const steps: Step[] = one.gaps.flatMap((gap, at) => {
    const inserts: Step[] = gap.map((inserted) => ({ inserted }));
    const act = one.acts[at];
    return act === undefined ? inserts : [...inserts, { act }];
  });
  const isGone = (step: Step) => "act" in step && step.act.kind === "delete";
  const two = spread(second, steps.filter((step) => !isGone(step)).length);

  const result = new Writer();
  let at = 0;
  const putGap = () => {
    for (const inserted of two.gaps[at]!) result.insert(inserted);
  };
  putGap();
  for (const step of steps) {
    if (isGone(step)) {
      result.delete();
      continue;
    }
    const act = two.acts[at++]!;
    if ("inserted" in step) {
      const { content, attributes } = step.inserted;
      if (act.kind === "keep") {
        result.insert({ content, attributes: change(attributes, isBlock(content) ? act.b : act.a) });
      }
    } else if (act.kind === "delete") result.delete();
    else if (step.act.kind === "keep") {
      result.retain({ ...step.act.a, ...act.a }, { ...step.act.b, ...act.b });
    }
    putGap();
  }
  return result.done();
}

/**
 * The op that takes `op` back, which was made on `atoms`. What a retain changed is taken back over its whole extent: an atom
 * in one scope also carries what is taken back in the other, as the last atom of that one before it, or the first behind.
 */
export function invertSlowly(op: RichOp | PlainOp, atoms: readonly Atom[]): RichOp {
  const result = new Writer();
  let at = 0;
  for (const component of op) {
    if (typeof component === "number") {
      for (let n = 0; n < component; n++) result.retain({}, {});
      at += component;
    } else if (typeof component === "string" || "i" in component) {
      const inserted = typeof component === "string" ? component : component.i;
      for (const _ of split(inserted)) result.delete();
    } else if ("d" in component) {
      const length = typeof component.d === "number" ? component.d : [...component.d].length;
      for (const atom of atoms.slice(at, at + length)) result.insert(atom);
      at += length;
    } else {
      const row = atoms.slice(at, at + component.r);
      row.forEach((_, n) => {
        const nearest = (block: boolean) =>
          row.slice(0, n + 1).findLast((one) => isBlock(one.content) === block) ??
          row.find((one) => isBlock(one.content) === block);
        result.retain(back(component.a, nearest(false)), back(component.b, nearest(true)));
      });
      at += component.r;
    }
  }
  return result.done();
}

/** What a change has to be followed by for an atom to be as it was. */
function back(by: AttributeChange | undefined, atom: Atom | undefined): AttributeChange {
  if (by === undefined || atom === undefined) return {};
  const was = (key: string) => (Object.hasOwn(atom.attributes, key) ? atom.attributes[key]! : null);
  const keys = Object.keys(by).filter((key) => by[key] !== was(key));
  return Object.fromEntries(keys.map((key) => [key, was(key)]));
}

/** How many atoms must at least be deleted and inserted to make one row of atoms the other: what they do not have in common. */
export function fewestEdits(from: readonly Atom[], to: readonly Atom[]): number {
  const [old, now] = [from, to].map((atoms) => atoms.map(({ content }) => canonical(content))) as [
    string[],
    string[],
  ];
  let row = now.map(() => 0);
  for (const one of old) {
    const before = [0, ...row];
    row = [];
    now.forEach((other, at) => {
      row.push(one === other ? before[at]! + 1 : Math.max(before[at + 1]!, row[at - 1] ?? 0));
    });
  }
  return old.length + now.length - 2 * (row.at(-1) ?? 0);
}

/** How many atoms stand before a position after the op: those that stood there and are kept, and those put in between. */
export function movePositionSlowly(
  position: number,
  op: RichOp | PlainOp,
  bias: Bias,
  length: number,
): number {
  const { gaps, acts } = spread(op, length);
  const kept = acts.filter((act, at) => at < position && act.kind === "keep").length;
  const put = gaps.filter((_, gap) => gap < position || (gap === position && bias === "after"));
  return kept + put.flat().length;
}
