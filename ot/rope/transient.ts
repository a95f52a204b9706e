// A rope in the hands of one owner who edits it many times before anybody looks.
//
// Nothing in the tree is ever changed in place. What makes it fast is that edits which touch each other, as those of somebody
// who types do, are gathered in one splice, and only that goes into the tree: when an edit comes elsewhere, or when the owner
// wants to read. So every tree that was handed out stays valid, whatever the owner does.

import { noAttributes, sameAttributes } from "../attributes.js";
import type { Attributes } from "../types.js";
import { codePointLength, codePointToUtf16 } from "../unicode.js";
import { replaced } from "./edit.js";
import { textRun } from "./run.js";
import type { Node } from "./tree.js";

/** From here on, what was gathered goes into the tree: to go on cutting and joining it would cost more. */
const MOST_ATOMS = 1024;

export class TransientRope {
  #root: Node;
  // The splice that is not in the tree yet: in place of the atoms `#from` to `#to` of `#root` come `#head` and `#tail`, all
  // with the same attributes. Between the two was the last edit, so that the next one there has nothing to look for.
  #from = 0;
  #to = 0;
  #head = "";
  #headAtoms = 0;
  #tail = "";
  #tailAtoms = 0;
  #attributes: Attributes = noAttributes;

  constructor(root: Node) {
    this.#root = root;
  }

  get atoms(): number {
    return this.#root.atoms - (this.#to - this.#from) + this.#headAtoms + this.#tailAtoms;
  }

  /** The tree with all edits in it. */
  get root(): Node {
    const text = this.#head + this.#tail;
    if (this.#to > this.#from || text !== "") {
      const run = text === "" ? undefined : textRun(text, this.#attributes);
      this.root = replaced(this.#root, this.#from, this.#to, run);
    }
    return this.#root;
  }

  /** Goes on with another tree. */
  set root(root: Node) {
    this.#root = root;
    this.#open(0, 0, "", noAttributes);
  }

  /** Puts `text`, which may be empty, in place of `removed` atoms at `at`, which must be there. */
  splice(at: number, removed: number, text: string, attributes: Attributes): void {
    if (this.#gathers(at, removed, text, attributes)) return;
    this.root = this.root;
    this.#open(at, at + removed, text, attributes);
  }

  #open(from: number, to: number, text: string, attributes: Attributes): void {
    this.#from = from;
    this.#to = to;
    this.#head = text;
    this.#headAtoms = codePointLength(text);
    this.#tail = "";
    this.#tailAtoms = 0;
    this.#attributes = attributes;
  }

  /** Takes an edit into the splice, if the one touches the other. @returns whether it did */
  #gathers(at: number, removed: number, text: string, attributes: Attributes): boolean {
    const gathered = this.#headAtoms + this.#tailAtoms;
    const end = this.#from + gathered;
    const reach = at + removed;
    if (at > end || reach < this.#from || gathered > MOST_ATOMS) return false;
    /** So much stays before the edit, and behind it. */
    const before = Math.max(0, at - this.#from);
    const after = Math.max(0, end - reach);
    if (before + after === 0) this.#attributes = attributes;
    else if (text !== "" && !sameAttributes(attributes, this.#attributes)) return false;
    this.#cut(before, after);
    this.#head += text;
    this.#headAtoms += codePointLength(text);
    this.#from = Math.min(this.#from, at);
    this.#to += Math.max(0, reach - end);
    return true;
  }

  /** Makes `#head` the first `before` atoms of what is gathered, and `#tail` the last `after`. */
  #cut(before: number, after: number): void {
    if (before > this.#headAtoms || after > this.#tailAtoms) {
      const text = this.#head + this.#tail;
      const atoms = this.#headAtoms + this.#tailAtoms;
      this.#head = text.slice(0, unitAt(text, atoms, before));
      this.#tail = text.slice(unitAt(text, atoms, atoms - after));
    } else {
      if (before < this.#headAtoms)
        this.#head = this.#head.slice(0, unitAt(this.#head, this.#headAtoms, before));
      if (after < this.#tailAtoms)
        this.#tail = this.#tail.slice(unitAt(this.#tail, this.#tailAtoms, this.#tailAtoms - after));
    }
    this.#headAtoms = before;
    this.#tailAtoms = after;
  }
}

/** The UTF-16 offset of an atom in a text of so many atoms. */
const unitAt = (text: string, atoms: number, atom: number): number =>
  text.length === atoms ? atom : codePointToUtf16(text, atom);
