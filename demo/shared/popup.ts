// Menus that open from a button: the ARIA pattern of a menu button. The focus goes into the menu when it opens and back
// to its button when it closes; arrows, Home, End and first letters move in it, Escape and Tab leave it, and a press
// elsewhere closes it. One menu is open at a time.

import { h } from "./dom.js";

export interface MenuItem {
  readonly label: string;
  readonly run?: () => void;
  /** More to choose from, which then takes the place of these items. */
  readonly more?: (() => PopupContent) | undefined;
  readonly icon?: Node;
}

export interface PopupContent {
  /** What the menu is a menu of, for those who hear it. */
  readonly label: string;
  /** Shown above the items. */
  readonly heading?: string;
  readonly items: readonly MenuItem[];
}

export interface Popup {
  /** Opens with the focus on the first item. */
  open(content: PopupContent): void;
  close(): void;
  readonly isOpen: boolean;
}

let current: Popup | undefined;

/** A menu beside `button`, in `place`, which is positioned. */
export function popup(button: HTMLElement, place: HTMLElement): Popup {
  const menu = h("div", { class: "popup", role: "menu", tabindex: "-1", hidden: true });
  place.append(menu);
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");

  const items = () => [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const outside = (event: Event) => {
    if (event.target instanceof Node && !menu.contains(event.target) && !button.contains(event.target))
      close(false);
  };
  const close = (giveBack = true) => {
    if (menu.hidden) return;
    const had = menu.contains(document.activeElement);
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (current === self) current = undefined;
    if (had && giveBack) button.focus();
  };
  const fill = ({ label, heading, items: choices }: PopupContent) => {
    menu.setAttribute("aria-label", label);
    menu.replaceChildren(
      ...(heading === undefined ? [] : [h("p", { class: "popup-heading", role: "presentation" }, heading)]),
      ...choices.map(({ label, run, more, icon }) => {
        const item = h("button", { type: "button", role: "menuitem", tabindex: "-1" }, icon, label);
        item.addEventListener("click", () => {
          if (more !== undefined) {
            fill(more());
            return;
          }
          // The focus is the button's again before the item does its part, which may take it elsewhere.
          close();
          run?.();
        });
        return item;
      }),
    );
    fitIn(menu, items());
    items()[0]?.focus();
  };
  menu.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = move(event.key, at, all);
    if (to !== undefined) {
      event.preventDefault();
      to.focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") close();
  });

  const self: Popup = {
    open(content) {
      current?.close();
      current = self;
      menu.hidden = false;
      button.setAttribute("aria-expanded", "true");
      document.addEventListener("pointerdown", outside, true);
      fill(content);
    },
    close,
    get isOpen() {
      return !menu.hidden;
    },
  };
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || self.isOpen) return;
    event.preventDefault();
    button.click();
  });
  return self;
}

/** Room left below and beside a menu, in CSS pixels. */
const BELOW_PX = 8;
const BESIDE_PX = 8;
/** A menu is not lower than that: the page scrolls. */
const LOWEST_PX = 120;

/**
 * As high as there is room; where that is too low for all items, one is cut in its middle, so that one sees that there are more.
 * Moved aside where it would begin or end beyond the window, as from a button in the middle of a telephone.
 */
function fitIn(menu: HTMLElement, items: readonly HTMLElement[]): void {
  Object.assign(menu.style, { maxHeight: "none", translate: "none" });
  const { top, left, right } = menu.getBoundingClientRect();
  const last = document.documentElement.clientWidth - BESIDE_PX;
  const aside = left < BESIDE_PX ? BESIDE_PX - left : Math.min(0, last - right);
  if (aside !== 0) menu.style.translate = `${aside}px`;
  const room = Math.max(LOWEST_PX, (window.visualViewport?.height ?? innerHeight) - top - BELOW_PX);
  if (menu.offsetHeight <= room) return;
  const middles = items.map(({ offsetTop, offsetHeight }) => offsetTop + offsetHeight / 2);
  const cut = middles.filter((middle) => middle <= room).at(-1) ?? room;
  menu.style.maxHeight = `${cut}px`;
}

/** Which item a key leads to from the one at `at`. */
function move(key: string, at: number, all: readonly HTMLElement[]): HTMLElement | undefined {
  const count = all.length;
  if (key === "ArrowDown") return all[(at + 1) % count];
  if (key === "ArrowUp") return all[(at - 1 + count) % count];
  if (key === "Home") return all[0];
  if (key === "End") return all[count - 1];
  if (key.length !== 1 || key === " ") return undefined;
  const from = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return from.find((item) => item.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()));
}

/** A button with a menu whose items are asked for when it opens. */
export function menuButton(
  button: HTMLButtonElement,
  content: () => PopupContent,
): { readonly element: HTMLElement; readonly popup: Popup } {
  const element = h("span", { class: "popup-place" }, button);
  const menu = popup(button, element);
  button.addEventListener("click", () => (menu.isOpen ? menu.close() : menu.open(content())));
  return { element, popup: menu };
}
