// The bubble beside the editor: where a link leads, and what can be done with it. It is one element, filled anew whenever
// the caret comes into another link, and measured at most once a frame.

import type { Command } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { linkAt, removeLink } from "../commands.js";
import { standIn } from "../host.js";
import { hrefOf } from "./open.js";
import { placeBubble, shortAddress } from "./place.js";

export interface LinkWords {
  readonly open: string;
  readonly change: string;
  readonly remove: string;
  /** The bubble's name. */
  readonly link: (address: string) => string;
  /** Said when it comes. */
  readonly said: (address: string) => string;
}

export const englishLinks: LinkWords = {
  open: "Open",
  change: "Change",
  remove: "Remove",
  link: (address) => `Link to ${address}`,
  said: (address) => `Link to ${address}. Alt and Enter for what can be done with it.`,
};

export interface Bubbling {
  readonly change: Command | undefined;
  readonly open: (href: string) => void;
  readonly say: ((text: string) => void) | undefined;
  readonly words: LinkWords;
  readonly isWanted: () => boolean;
  readonly unwant: () => void;
}

interface Here {
  /** As it stands in the document. */
  readonly href: string;
  /** As it is opened; null if nobody is to go there. */
  readonly leads: string | null;
  /** What has the focus, where it is the link itself. */
  readonly element: Element | undefined;
}

export class LinkBubble {
  readonly #element: HTMLElement;
  readonly #address: HTMLElement;
  readonly #buttons: {
    readonly open: HTMLElement;
    readonly change: HTMLElement;
    readonly remove: HTMLElement;
  };
  readonly #region: HTMLElement | undefined;
  readonly #leave: () => void;
  #here: Here | undefined;
  /** A link of a document that is only read, whose bubble was sent away. */
  #dismissed: Element | undefined;
  #frame: number | undefined;

  constructor(
    private readonly view: EditorView,
    private readonly options: Bubbling,
  ) {
    const page = view.dom.ownerDocument;
    const { words, say } = options;
    this.#element = page.createElement("div");
    this.#element.className = "interline-link";
    this.#element.setAttribute("role", "group");
    this.#element.hidden = true;
    this.#address = page.createElement("bdi");
    this.#address.dir = "ltr";
    this.#buttons = {
      open: this.#button(words.open, () => this.#here?.leads && options.open(this.#here.leads)),
      change: this.#button(words.change, () => options.change?.(view.state, view.dispatch, view)),
      remove: this.#button(words.remove, () => {
        removeLink(view.state, view.dispatch);
        view.focus();
      }),
    };
    const buttons = page.createElement("span");
    buttons.append(...Object.values(this.#buttons));
    this.#element.append(this.#address, buttons);
    this.#element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.dismiss();
    });
    this.#element.addEventListener("focusout", (event) => this.left(event));
    const parent = view.dom.parentElement;
    this.#leave = standIn(parent);
    parent?.append(this.#element);
    if (say === undefined) {
      this.#region = page.createElement("div");
      this.#region.className = "interline-said";
      this.#region.setAttribute("role", "status");
      parent?.append(this.#region);
    }
    const window = page.defaultView!;
    window.addEventListener("resize", this.#schedule);
    window.visualViewport?.addEventListener("resize", this.#schedule);
    // Whatever scrolls around the line, or is scrolled with it; scrolling does not bubble.
    window.addEventListener("scroll", this.#schedule, { capture: true, passive: true });
  }

  get isShown(): boolean {
    return this.#here !== undefined;
  }

  /** Leads the focus to its first button. */
  focus(): void {
    this.refresh();
    const { open, change, remove } = this.#buttons;
    [open, change, remove].find((button) => !button.hidden)?.focus();
  }

  /** Sends it away, until the caret moves, and gives the focus back. */
  dismiss(): void {
    const link = this.#here?.element;
    this.#dismissed = link;
    if (this.#element.contains(this.#element.ownerDocument.activeElement)) {
      if (link instanceof HTMLElement) link.focus();
      else this.view.focus();
    }
    this.options.unwant();
    this.refresh();
  }

  /** The focus leaves the text or the bubble. Between the two, it stays in one place. */
  left({ relatedTarget: to }: FocusEvent): void {
    const stays = to instanceof Node && (this.#element.contains(to) || this.view.dom.contains(to));
    if (!stays) this.refresh();
  }

  /** Shows what is to be shown now. */
  refresh(): void {
    const here = this.#look();
    if (this.view.dom.ownerDocument.activeElement !== this.#dismissed) this.#dismissed = undefined;
    const isNews = here !== undefined && here.href !== this.#here?.href;
    this.#here = here;
    this.#element.hidden = here === undefined;
    if (here === undefined) {
      if (this.#region !== undefined) this.#region.textContent = "";
      return;
    }
    if (isNews) this.#fill(here);
    const { open, change, remove } = this.#buttons;
    const { editable } = this.view;
    open.hidden = here.leads === null;
    change.hidden = !editable || this.options.change === undefined;
    remove.hidden = !editable;
    this.#schedule();
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    const window = this.view.dom.ownerDocument.defaultView;
    window?.removeEventListener("resize", this.#schedule);
    window?.visualViewport?.removeEventListener("resize", this.#schedule);
    window?.removeEventListener("scroll", this.#schedule, { capture: true });
    this.#element.remove();
    this.#region?.remove();
    this.#leave();
  }

  /** The link that somebody is at, if it is to be shown. */
  #look(): Here | undefined {
    const { view } = this;
    const focused = view.dom.ownerDocument.activeElement;
    const isInside = this.#element.contains(focused);
    if (view.isDestroyed || view.composing) return undefined;
    if (!view.editable) {
      // Nothing but links has the focus there, and keeps it while it is lent to the bubble.
      const held = isInside ? this.#here?.element : focused?.closest("a[href]");
      if (held && view.dom.contains(held) && held !== this.#dismissed)
        return { href: held.getAttribute("href") ?? "", leads: hrefOf(held), element: held };
    }
    if (!this.options.isWanted() || !(isInside || view.hasFocus())) return undefined;
    const link = linkAt(view.state);
    if (link === null || view.state.selection.to > link.to) return undefined;
    const probe = view.dom.ownerDocument.createElement("a");
    probe.setAttribute("href", link.href);
    return { href: link.href, leads: hrefOf(probe), element: undefined };
  }

  #fill({ href, leads }: Here): void {
    const { words, say } = this.options;
    const address = shortAddress(href, leads);
    this.#address.textContent = address;
    this.#address.title = href;
    this.#element.setAttribute("aria-label", words.link(address));
    if (this.#region !== undefined) this.#region.textContent = words.said(address);
    else say?.(words.said(address));
  }

  readonly #schedule = (): void => {
    if (this.#here === undefined) return;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (!this.view.isDestroyed && this.#here !== undefined) this.#place(this.#here);
    });
  };

  #place({ element }: Here): void {
    const { view } = this;
    const host = this.#element.offsetParent?.getBoundingClientRect();
    const window = view.dom.ownerDocument.defaultView!;
    if (host === undefined) return;
    const line = element?.getBoundingClientRect() ?? view.coordsAtPos(view.state.selection.head);
    const { width, height } = this.#element.getBoundingClientRect();
    const { left, top } = placeBubble({
      line,
      size: { width, height },
      room: { ...this.#room(), width: window.document.documentElement.clientWidth },
    });
    this.#element.style.transform = `translate(${Math.round(left - host.left)}px, ${Math.round(top - host.top)}px)`;
  }

  /** What of the window the caret is kept in is not covered. */
  #room(): { top: number; bottom: number } {
    const margin = this.view.someProp("scrollMargin") ?? 0;
    const { top, bottom } = typeof margin === "number" ? { top: margin, bottom: margin } : margin;
    // ProseMirror takes what is seen of the window for the window.
    const { visualViewport, innerHeight } = this.view.dom.ownerDocument.defaultView!;
    return { top, bottom: (visualViewport?.height ?? innerHeight) - bottom };
  }

  #button(name: string, run: () => unknown): HTMLElement {
    const button = this.view.dom.ownerDocument.createElement("button");
    button.type = "button";
    button.textContent = name;
    // The focus stays in the text, and a phone's keyboard open.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => void run());
    return button;
  }
}
