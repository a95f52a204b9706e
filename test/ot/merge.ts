// A small language for merges: documents, edits and results, in the words of an editor.
//
//     expectMerge(["Hello"], (ann) => ann.entersAt(5), (bo) => bo.types("x", 2), ["Hxello", ""])
//
// Documents are written with a line per block, its attributes in front: `h1| Head`, `li=b in=1| child`. Text is plain but for
// `*bold*`, and `[hr]` is a rule. Every merge is made both ways round the diamond, and with either side left.

import { expect } from "chai";
import {
  type Attributes,
  diamond,
  type RichOp,
  type RichSnapshot,
  type RichWire,
  richOp,
  richText,
} from "../../ot/index.js";

/** `li=b in=1` → `{ li: "b", in: 1 }`; a bare `h1` or `code` is the kind of the block. */
function blockAttributes(words: string): Attributes {
  const entries = words
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word): [string, string | number] => {
      const [key, value] = word.split("=");
      if (value === undefined) return ["t", word];
      return [key!, /^\d+$/.test(value) ? Number(value) : value];
    });
  return Object.fromEntries(entries);
}

export function documentOf(...lines: readonly string[]): RichWire {
  const wire = richOp();
  for (const line of lines) {
    const [, words, text] = /^(?:([^|]*)\| ?)?([\s\S]*)$/.exec(line)!;
    if (text === "[hr]") wire.insert({ hr: 1, blk: true }, blockAttributes(words ?? ""));
    else {
      wire.insert("\n", blockAttributes(words ?? ""));
      text!.split("*").forEach((part, at) => {
        wire.insert(part, at % 2 === 1 ? { b: 1 } : undefined);
      });
    }
  }
  return wire.done() as RichWire;
}

/** The document as it is written here, a string for each line. */
export function written(snapshot: RichSnapshot): string[] {
  const lines: string[] = [];
  for (const { content, attributes } of snapshot.atoms()) {
    if (content === "\n" || (typeof content !== "string" && content.blk === true)) {
      const { t, ...others } = attributes;
      const words = Object.entries(others).map(([key, value]) => `${key}=${value}`);
      if (t !== undefined) words.unshift(String(t));
      lines.push(`${words.length > 0 ? `${words.join(" ")}| ` : ""}${content === "\n" ? "" : "[hr]"}`);
    } else {
      const text = attributes.b ? `*${content}*` : content;
      lines.push(`${lines.pop() ?? ""}${text}`);
    }
  }
  return lines.map((line) => line.replaceAll("**", ""));
}

/** Positions by what stands there, so that tests need not count atoms. */
export class Author {
  readonly #before: RichSnapshot;
  readonly #text: string;

  constructor(before: RichSnapshot) {
    this.#before = before;
    this.#text = [...before.atoms()]
      .map(({ content }) => (typeof content === "string" ? content : "#"))
      .join("");
  }

  /** The position before `text`, or `offset` atoms into it. */
  at(text: string, offset = 0): number {
    const found = this.#text.indexOf(text);
    if (found < 0) throw new Error(`No ${JSON.stringify(text)} in the document`);
    return found + offset;
  }

  /** The position behind `text`. */
  behind(text: string): number {
    return this.at(text, text.length);
  }

  types(text: string, position: number): RichOp {
    return richOp().skip(position).insert(text).done();
  }

  /** Enter: a new block from here on, and perhaps some text in it. */
  entersAt(position: number, attributes?: Attributes, text = ""): RichOp {
    return richOp().skip(position).insert("\n", attributes).insert(text).done();
  }

  deletes(text: string): RichOp {
    return richOp().skip(this.at(text)).delete(text.length).done();
  }

  /** Backspace at the start of the line that begins with `text`: the marker before it goes. */
  joins(text: string): RichOp {
    return richOp()
      .skip(this.at(`\n${text}`))
      .delete(1)
      .done();
  }

  bolds(text: string): RichOp {
    return richOp().skip(this.at(text)).retain(text.length, { b: 1 }).done();
  }

  /** Changes the blocks from the one that holds `from` to the one that holds `to`, over their whole extent. */
  blocks(from: string, to: string, change: Parameters<ReturnType<typeof richOp>["retain"]>[1]): RichOp {
    const start = this.#before.markerAtOrBefore(this.at(from));
    const next = this.#before.markerPosition(this.#before.markersBefore(this.at(to) + 1));
    const end = next === -1 ? this.#before.length : next;
    return richOp()
      .skip(start)
      .retain(end - start, undefined, change)
      .done();
  }

  /** Changes one marker alone, without the text of its block. */
  marker(of: string, change: Parameters<ReturnType<typeof richOp>["retain"]>[1]): RichOp {
    const at = this.#before.markerAtOrBefore(this.at(of));
    return richOp().skip(at).retain(1, undefined, change).done();
  }
}

/** Two edits at one time, merged both ways round; with either of the two as the left one. */
export function merge(
  lines: readonly string[],
  ann: (author: Author) => RichOp,
  bo: (author: Author) => RichOp,
): { readonly whenAnnIsLeft: string[]; readonly whenBoIsLeft: string[] } {
  const before = richText.create(documentOf(...lines));
  const [a, b] = [ann(new Author(before)), bo(new Author(before))];
  richText.checkOp(a);
  richText.checkOp(b);
  const around = (left: RichOp, right: RichOp): string[] => {
    const [leftNow, rightNow] = diamond(richText, left, right);
    const one = richText.apply(richText.apply(before, right), leftNow);
    const other = richText.apply(richText.apply(before, left), rightNow);
    expect(one.equals(other), "both ways round the diamond").to.equal(true);
    return written(one);
  };
  return { whenAnnIsLeft: around(a, b), whenBoIsLeft: around(b, a) };
}

/** The same, expecting one result whoever is left. */
export function expectMerge(
  lines: readonly string[],
  ann: (author: Author) => RichOp,
  bo: (author: Author) => RichOp,
  result: readonly string[],
): void {
  const { whenAnnIsLeft, whenBoIsLeft } = merge(lines, ann, bo);
  expect(whenAnnIsLeft).to.deep.equal(result);
  expect(whenBoIsLeft).to.deep.equal(result);
}
