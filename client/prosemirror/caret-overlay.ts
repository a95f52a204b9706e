// The layer beside the editor in which others' carets and names are drawn. It takes no clicks, is not read out, and is
// measured in one pass per frame: first every position is read, then every element is written, so that the browser
// lays the page out once. Carets outside the window are not drawn at all.

import type { EditorView } from "prosemirror-view";
import type { Participant } from "../types.js";
import type { Placed } from "./cursors.js";
import { personClass } from "./palette.js";

/** How long a name stays after its caret has moved. */
const LABEL_MS = 2_000;
/** Carets so far outside the window are left out. */
const MARGIN_PX = 40;
/** More carets than these are not drawn; the roster still names everybody. */
const MAX_DRAWN = 20;

interface Caret {
  readonly element: HTMLElement;
  readonly label: HTMLElement;
  head: number | undefined;
  hide: ReturnType<typeof setTimeout> | undefined;
}

interface Place {
  readonly src: string;
  readonly left: number;
  readonly top: number;
  readonly height: number;
  readonly flip: boolean;
}

export class CaretOverlay {
  readonly #layer: HTMLElement;
  readonly #carets = new Map<string, Caret>();
  readonly #resized: ResizeObserver;
  #people: readonly Placed[] = [];
  #frame: number | undefined;

  constructor(
    private readonly view: EditorView,
    private readonly labelOf: (person: Participant) => string,
  ) {
    const page = view.dom.ownerDocument;
    this.#layer = page.createElement("div");
    this.#layer.className = "interline-carets";
    this.#layer.setAttribute("aria-hidden", "true");
    const parent = view.dom.parentElement;
    parent?.classList.add("interline-host");
    parent?.insertBefore(this.#layer, view.dom.nextSibling);
    this.#resized = new ResizeObserver(this.#schedule);
    this.#resized.observe(view.dom);
    // Text moves under a caret when something scrolls, or when an image or font arrives.
    page.addEventListener("scroll", this.#schedule, { capture: true, passive: true });
    view.dom.addEventListener("load", this.#schedule, true);
  }

  show(people: readonly Placed[]): void {
    this.#people = people.slice(0, MAX_DRAWN);
    this.#schedule();
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
    this.view.dom.ownerDocument.removeEventListener("scroll", this.#schedule, { capture: true });
    this.view.dom.removeEventListener("load", this.#schedule, true);
    for (const { hide } of this.#carets.values()) clearTimeout(hide);
    this.#layer.parentElement?.classList.remove("interline-host");
    this.#layer.remove();
  }

  readonly #schedule = (): void => {
    if (this.#people.length === 0 && this.#carets.size === 0) return;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (!this.view.isDestroyed) this.#draw();
    });
  };

  #draw(): void {
    const places = this.#read();
    const drawn = new Set(places.map(({ src }) => src));
    for (const [src, caret] of this.#carets) {
      if (drawn.has(src)) continue;
      clearTimeout(caret.hide);
      caret.element.remove();
      this.#carets.delete(src);
    }
    for (const place of places) this.#write(place);
  }

  /** Where each visible caret is, relative to the layer. Reads layout, writes nothing. */
  #read(): Place[] {
    const origin = this.#layer.getBoundingClientRect();
    const window = this.view.dom.ownerDocument.defaultView!;
    const { size } = this.view.state.doc.content;
    return this.#people.flatMap(({ person, head }) => {
      const at = Math.min(head, size);
      const { left, top, bottom } = this.view.coordsAtPos(at, this.#side(at));
      if (bottom < -MARGIN_PX || top > window.innerHeight + MARGIN_PX) return [];
      const known = this.#carets.get(person.src);
      const width = known?.label.offsetWidth ?? 0;
      const rightToLeft = this.#rightToLeft(at);
      const x = left - origin.left;
      const flip = rightToLeft ? x - width >= 0 : x + width > origin.width;
      return [{ src: person.src, left: x, top: top - origin.top, height: bottom - top, flip }];
    });
  }

  /** Which side's line a position is shown on: the one before it, but for right behind a line break. */
  #side(at: number): -1 | 1 {
    const before = this.view.state.doc.resolve(at).nodeBefore;
    const breaks = before?.isText ? before.text!.endsWith("\n") : before?.type.spec.linebreakReplacement;
    return breaks ? 1 : -1;
  }

  #rightToLeft(at: number): boolean {
    const { node } = this.view.domAtPos(at);
    const element = node instanceof Element ? node : node.parentElement;
    return element !== null && getComputedStyle(element).direction === "rtl";
  }

  #write({ src, left, top, height, flip }: Place): void {
    const { person, head } = this.#people.find(({ person }) => person.src === src)!;
    const caret = this.#carets.get(src) ?? this.#create(src);
    caret.element.className = `interline-caret ${personClass(person.color)}`;
    caret.element.style.transform = `translate(${left}px, ${top}px)`;
    caret.element.style.height = `${height}px`;
    caret.element.toggleAttribute("data-flip", flip);
    caret.element.dataset.activity = person.activity;
    const label = this.labelOf(person);
    if (caret.label.textContent !== label) caret.label.textContent = label;
    if (caret.head !== head) this.#freshen(caret);
    caret.head = head;
  }

  #create(src: string): Caret {
    const page = this.view.dom.ownerDocument;
    const element = page.createElement("div");
    element.dataset.src = src;
    const label = page.createElement("span");
    label.className = "interline-caret-label";
    element.append(label);
    this.#layer.append(element);
    const caret: Caret = { element, label, head: undefined, hide: undefined };
    this.#carets.set(src, caret);
    return caret;
  }

  /** Shows the name for a while. */
  #freshen(caret: Caret): void {
    caret.element.toggleAttribute("data-fresh", true);
    clearTimeout(caret.hide);
    caret.hide = setTimeout(() => caret.element.toggleAttribute("data-fresh", false), LABEL_MS);
  }
}
