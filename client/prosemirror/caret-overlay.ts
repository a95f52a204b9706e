// The layer beside the editor in which others' carets and names are drawn. It takes no clicks, is not read out, and is
// measured in one pass per frame: first every position is read, then every element is written, so that the browser
// lays the page out once. Carets outside the window are not drawn at all, and not measured where the block that they are in is
// out of sight. Nothing runs while nothing moves.

import type { EditorView } from "prosemirror-view";
import type { Participant } from "../types.js";
import { readDeleted } from "./caret-now.js";
import type { Placed } from "./cursors.js";
import { standIn } from "./host.js";
import { personClass } from "./palette.js";
import { type CaretBox, initials, LABEL_MS, type LabelPlace, placeLabels } from "./presence/labels.js";

/** Carets so far outside the window are left out. */
const MARGIN_PX = 40;
/** How near a pointer must come to a caret for its name to show. */
const HOVER_PX = 8;
/** More carets than these are not drawn; the roster still names everybody. */
const MAX_DRAWN = 20;

interface Caret {
  readonly element: HTMLElement;
  readonly label: HTMLElement;
  head: number | undefined;
  /** The whole name, and how wide it is once it has been drawn. */
  name: string;
  nameWidth: number;
  /** Where it was drawn, in the layer. */
  box: { readonly left: number; readonly top: number; readonly height: number };
  hide: ReturnType<typeof setTimeout> | undefined;
}

interface Place extends LabelPlace {
  readonly src: string;
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

export class CaretOverlay {
  readonly #layer: HTMLElement;
  readonly #leave: () => void;
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
    this.#leave = standIn(parent);
    parent?.insertBefore(this.#layer, view.dom.nextSibling);
    this.#resized = new ResizeObserver(this.#schedule);
    this.#resized.observe(view.dom);
    // Text moves under a caret when something scrolls, or when an image or font arrives.
    page.addEventListener("scroll", this.#schedule, { capture: true, passive: true });
    page.defaultView!.addEventListener("resize", this.#schedule);
    page.fonts.addEventListener("loadingdone", this.#schedule);
    view.dom.addEventListener("load", this.#schedule, true);
    view.dom.addEventListener("pointermove", this.#hover, { passive: true });
  }

  show(people: readonly Placed[]): void {
    this.#people = people;
    this.#schedule();
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
    const page = this.view.dom.ownerDocument;
    page.removeEventListener("scroll", this.#schedule, { capture: true });
    page.defaultView?.removeEventListener("resize", this.#schedule);
    page.fonts.removeEventListener("loadingdone", this.#schedule);
    this.view.dom.removeEventListener("load", this.#schedule, true);
    this.view.dom.removeEventListener("pointermove", this.#hover);
    for (const { hide } of this.#carets.values()) clearTimeout(hide);
    this.#layer.remove();
    this.#leave();
  }

  readonly #schedule = (): void => {
    if (this.#people.length === 0 && this.#carets.size === 0) return;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (this.view.isDestroyed) return;
      readDeleted(this.view);
      if (!this.view.isDestroyed) this.#draw();
    });
  };

  /** The name shows again when the pointer comes near a caret, which itself takes no clicks. */
  readonly #hover = ({ clientX, clientY }: PointerEvent): void => {
    if (this.#carets.size === 0) return;
    const { left, top } = this.#layer.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    for (const caret of this.#carets.values()) {
      const { box } = caret;
      const near = Math.abs(x - box.left) < HOVER_PX && y > box.top && y < box.top + box.height;
      if (near) this.#freshen(caret);
    }
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
    const { size } = this.view.state.doc.content;
    const near = this.#people.flatMap(({ person, head }): CaretBox[] => {
      const at = Math.min(head, size);
      if (!this.#isBlockNear(at)) return [];
      const { left, top, bottom } = this.view.coordsAtPos(at, this.#side(at));
      if (!this.#isNear({ top, bottom })) return [];
      const caret = this.#carets.get(person.src);
      if (caret !== undefined) measure(caret);
      return [
        {
          ...{ src: person.src, left: left - origin.left, top, height: bottom - top },
          rightToLeft: this.#rightToLeft(at),
          ...{ labelWidth: caret?.nameWidth ?? 0, labelHeight: caret?.label.offsetHeight ?? 0 },
        },
      ];
    });
    const boxes = near.slice(0, MAX_DRAWN);
    const labels = placeLabels(boxes, origin.width);
    return boxes.map(({ src, left, top, height }, at) => ({
      ...{ src, left, top: top - origin.top, height },
      ...labels[at]!,
    }));
  }

  #isNear({ top, bottom }: { readonly top: number; readonly bottom: number }): boolean {
    const { innerHeight } = this.view.dom.ownerDocument.defaultView!;
    return bottom >= -MARGIN_PX && top <= innerHeight + MARGIN_PX;
  }

  /** Whether the block around a position, or at it, reaches into the window: far cheaper than where exactly it is. */
  #isBlockNear(at: number): boolean {
    const $at = this.view.state.doc.resolve(at);
    const block = this.view.nodeDOM($at.depth === 0 ? at : $at.before());
    return !(block instanceof Element) || this.#isNear(block.getBoundingClientRect());
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

  #write({ src, left, top, height, flip, shift, below, short }: Place): void {
    const { person, head } = this.#people.find(({ person }) => person.src === src)!;
    const caret = this.#carets.get(src) ?? this.#create(src);
    caret.element.className = `interline-caret ${personClass(person.color)}`;
    caret.element.style.transform = `translate(${left}px, ${top}px)`;
    caret.element.style.height = `${height}px`;
    caret.element.toggleAttribute("data-flip", flip);
    caret.element.toggleAttribute("data-below", below);
    caret.label.style.translate = shift === 0 ? "" : `${shift}px`;
    caret.box = { left, top, height };
    caret.element.dataset.activity = person.activity;
    const name = this.labelOf(person);
    if (caret.name !== name) {
      caret.name = name;
      caret.nameWidth = 0;
      // It is measured as it stands there, and has its side in the frame after.
      this.#schedule();
    }
    const label = short && caret.nameWidth > 0 ? initials(name) : name;
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
    const caret: Caret = {
      element,
      label,
      head: undefined,
      name: "",
      nameWidth: 0,
      hide: undefined,
      box: { left: 0, top: 0, height: 0 },
    };
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

/** Reads how wide a name is while all of it stands there. */
function measure(caret: Caret): void {
  if (caret.label.textContent === caret.name) caret.nameWidth = caret.label.offsetWidth;
}
