// Highlights and text colours of other programs. A document may hold any colour, but what is chosen for one page is hard
// to read on another; so each becomes that one of a few which has the nearest hue, and which reads on light and on dark.
//
// Only what somebody has chosen for some words counts: colours of inline elements that are clearly colours. Not what a
// whole page sets: colours of blocks, black, greys, pale and dark grounds, links, code.

import { isColor } from "../../../protocol/index.js";
import { DEFAULT_HIGHLIGHT } from "../markdown/tags.js";
import { isBlock } from "./lines.js";
import { STYLE_ATTRIBUTE, stylesOf } from "./styles.js";

/** Red, orange, yellow, green, turquoise, blue, purple, pink. */
const textColors = "#cc3333 #b85c00 #8a6d00 #23813f #0f7f86 #3a66dc #8f4fc8 #c23f7c".split(" ");
const highlights = `#ffc9c4 #ffd3a8 ${DEFAULT_HIGHLIGHT} #bdebc4 #b0ebee #c4d6ff #e2c9ff #ffc6e5`.split(" ");

/** The names that programs write; every other means no colour here. */
const named: { readonly [name: string]: string } = {
  red: "#ff0000",
  maroon: "#800000",
  darkred: "#8b0000",
  crimson: "#dc143c",
  tomato: "#ff6347",
  orange: "#ffa500",
  darkorange: "#ff8c00",
  brown: "#a52a2a",
  gold: "#ffd700",
  yellow: "#ffff00",
  olive: "#808000",
  lime: "#00ff00",
  green: "#008000",
  darkgreen: "#006400",
  lightgreen: "#90ee90",
  teal: "#008080",
  darkcyan: "#008b8b",
  aqua: "#00ffff",
  cyan: "#00ffff",
  turquoise: "#40e0d0",
  lightblue: "#add8e6",
  blue: "#0000ff",
  darkblue: "#00008b",
  navy: "#000080",
  purple: "#800080",
  indigo: "#4b0082",
  violet: "#ee82ee",
  fuchsia: "#ff00ff",
  magenta: "#ff00ff",
  darkmagenta: "#8b008b",
  pink: "#ffc0cb",
  hotpink: "#ff69b4",
};

/** The colours that browsers, Google Docs and Word give links. */
const ofLinks: ReadonlySet<string> = new Set(["0,0,238", "85,26,139", "17,85,204", "5,99,193"]);

/** Greys have no chroma (0 to 1); this much is clearly a colour, for letters and for a ground behind them. */
const INK_CHROMA = 0.28;
const GROUND_CHROMA = 0.12;
/** A ground whose brightest channel is below this is a dark page's. */
const GROUND_LIGHT = 0.5;

type Rgb = readonly [red: number, green: number, blue: number];

/** The first colour in a value, over white, each part from 0 to 255. */
function read(value: string): Rgb | null {
  const found = /#[\da-f]{3,8}\b|rgba?\([^)]*\)|\b[a-z]+\b/.exec(value)?.[0] ?? "";
  const source = Object.hasOwn(named, found) ? named[found]! : found;
  let parts: number[];
  if (source.startsWith("#")) {
    const digits = source.length < 6 ? source.slice(1).replace(/./g, "$&$&") : source.slice(1);
    parts = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    if (parts.length === 4) parts[3]! /= 255;
  } else {
    if (!source.startsWith("rgb")) return null;
    parts = (source.match(/[\d.]+%?/g) ?? []).map((part, at) => {
      const number = Number.parseFloat(part);
      return part.endsWith("%") ? (number / 100) * (at < 3 ? 255 : 1) : number;
    });
  }
  if (parts.length < 3 || !parts.every((part) => part >= 0)) return null;
  const alpha = Math.min(1, parts[3] ?? 1);
  const over = (at: number) => Math.min(255, parts[at]!) * alpha + 255 * (1 - alpha);
  return [over(0), over(1), over(2)];
}

const chroma = (color: Rgb): number => (Math.max(...color) - Math.min(...color)) / 255;

/** In degrees, of what is no grey. */
function hue([red, green, blue]: Rgb): number {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (most === red) return (((green - blue) / range) * 60 + 360) % 360;
  return most === green ? ((blue - red) / range) * 60 + 120 : ((red - green) / range) * 60 + 240;
}

function nearest(palette: readonly string[], color: Rgb): string {
  const far = (other: string) => {
    const turn = Math.abs(hue(read(other)!) - hue(color));
    return Math.min(turn, 360 - turn);
  };
  return palette.reduce((best, other) => (far(other) < far(best) ? other : best));
}

function inkOf(value: string): string | null {
  const color = read(value);
  if (!color || chroma(color) < INK_CHROMA || ofLinks.has(color.join())) return null;
  return nearest(textColors, color);
}

function groundOf(value: string): string | null {
  const color = read(value);
  if (!color || chroma(color) < GROUND_CHROMA || Math.max(...color) < GROUND_LIGHT * 255) return null;
  return nearest(highlights, color);
}

/** What an element's text looks like: the colours that it is to have, and whether it can have any. */
interface Look {
  readonly ink: string | null;
  readonly ground: string | null;
  readonly within: "code" | "link" | null;
}

const plain: Look = { ink: null, ground: null, within: null };

const groundIn = (styles: ReadonlyMap<string, string>): string | undefined => {
  const value = styles.get("background-color") ?? styles.get("background");
  return value === undefined || /^(?:transparent|none|inherit|initial|unset|$)|,\s*0\)/.test(value)
    ? undefined
    : value;
};

const inkIn = (element: Element, styles: ReadonlyMap<string, string>): string | undefined => {
  const attribute = element.localName === "font" ? element.getAttribute("color")?.toLowerCase() : undefined;
  const value = styles.get("color") ?? attribute;
  return value === undefined || /^(?:inherit|unset|currentcolor|$)/.test(value) ? undefined : value;
};

/** Every `<mark>` gets a colour that the schema reads; that of an editor like ours has one, or is something else. */
export function colorMarks(body: HTMLElement): void {
  for (const mark of body.querySelectorAll<HTMLElement>("mark:not([data-mark])"))
    if (!isColor(mark.dataset.color))
      mark.dataset.color = groundOf(groundIn(stylesOf(mark)) ?? "") ?? DEFAULT_HIGHLIGHT;
}

/** Puts elements that the schema reads around text which has a colour by style. The styles stay. */
export function applyColors(body: HTMLElement): void {
  if (!body.querySelector(`[${STYLE_ATTRIBUTE}*=color], [${STYLE_ATTRIBUTE}*=background], font[color]`))
    return;
  const looks = new Map<Element, Look>([[body, plain]]);
  const texts = body.ownerDocument.createTreeWalker(body, SHOW_TEXT);
  const found: Text[] = [];
  while (texts.nextNode()) found.push(texts.currentNode as Text);
  for (const text of found) {
    const parent = text.parentElement!;
    // Space between blocks is not text.
    if (/^[ \t\r\n\f]*$/.test(text.data) && parent.childElementCount > 0) continue;
    const { ink, ground } = lookOf(parent, looks);
    for (const [tag, color] of [
      ["mark", ground],
      ["span", ink],
    ] as const) {
      if (color === null) continue;
      const around = body.ownerDocument.createElement(tag);
      around.dataset.color = color;
      text.replaceWith(around);
      around.append(text);
    }
  }
}

/** As in `NodeFilter`, which is there in browsers only. */
const SHOW_TEXT = 4;

function lookOf(element: HTMLElement, looks: Map<Element, Look>): Look {
  const known = looks.get(element);
  if (known) return known;
  const outer = element.parentElement ? lookOf(element.parentElement, looks) : plain;
  const look = ownLook(element, outer);
  looks.set(element, look);
  return look;
}

function ownLook(element: HTMLElement, outer: Look): Look {
  if (outer.within === "code" || element.matches("pre, code, kbd, samp")) return { ...plain, within: "code" };
  const styles = stylesOf(element);
  const [ink, ground] = [inkIn(element, styles), groundIn(styles)];
  // A block's colours are its page's; they end what is around it all the same.
  const ownInk = ink === undefined ? outer.ink : isBlock(element) ? null : inkOf(ink);
  const ownGround = ground === undefined ? outer.ground : isBlock(element) ? null : groundOf(ground);
  const within = element.localName === "a" ? "link" : outer.within;
  return {
    within,
    ink: within === "link" || element.matches("span[data-color]") ? null : ownInk,
    ground: element.localName === "mark" ? null : ownGround,
  };
}
