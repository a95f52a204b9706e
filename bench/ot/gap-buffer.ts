// A gap buffer over UTF-16 units: the least that a mutable text can cost, and the judge of what the others end with.

const decoder = new TextDecoder("utf-16le");

/** A text with a hole where it was edited last; an edit costs the way to the next place. */
export class GapBuffer {
  #units: Uint16Array;
  /** The hole. */
  #from: number;
  #to: number;

  constructor(text = "") {
    this.#units = new Uint16Array(text.length + 1024);
    for (let at = 0; at < text.length; at++) this.#units[at] = text.charCodeAt(at);
    this.#from = text.length;
    this.#to = this.#units.length;
  }

  get length(): number {
    return this.#units.length - (this.#to - this.#from);
  }

  /** At `at`, takes out `removed` units and puts in `inserted`. */
  edit(at: number, removed: number, inserted: string): void {
    this.#moveTo(at);
    this.#to += removed;
    if (this.#to - this.#from < inserted.length) this.#grow(inserted.length);
    for (let nth = 0; nth < inserted.length; nth++) this.#units[this.#from++] = inserted.charCodeAt(nth);
  }

  toString(): string {
    const whole = new Uint16Array(this.length);
    whole.set(this.#units.subarray(0, this.#from));
    whole.set(this.#units.subarray(this.#to), this.#from);
    return decoder.decode(whole);
  }

  #moveTo(at: number): void {
    const size = this.#to - this.#from;
    if (at < this.#from) this.#units.copyWithin(at + size, at, this.#from);
    else this.#units.copyWithin(this.#from, this.#to, at + size);
    this.#from = at;
    this.#to = at + size;
  }

  #grow(least: number): void {
    const grown = new Uint16Array(2 * this.#units.length + least);
    const behind = this.#units.subarray(this.#to);
    grown.set(this.#units.subarray(0, this.#from));
    grown.set(behind, grown.length - behind.length);
    this.#units = grown;
    this.#to = grown.length - behind.length;
  }
}
