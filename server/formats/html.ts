// HTML from anywhere, read as the editor reads what is pasted: cleaned by the clipboard's rules, then by the schema's own.
//
// The parser runs no scripts and loads nothing. It is slow where elements nest deeply, and so is all that walks them; so
// depth and number are counted while it parses, and it is stopped beyond what a page written by a person has. It is loaded
// when the first HTML comes: most servers are never given any.

import { fromPage } from "../../client/prosemirror/clipboard/page.js";
import { STYLE_ATTRIBUTE } from "../../client/prosemirror/clipboard/styles.js";
import { Fault } from "../../protocol/index.js";

/** Elements within elements; the deepest pages of mail programs have about a hundred. */
export const MAX_HTML_DEPTH = 200;
/** Elements of one text: a long article has a few thousand. So many take a processor about a second. */
export const MAX_HTML_ELEMENTS = 10_000;
/** Pieces of text: one for each stretch between tags, and for each character reference and stray sign in it. */
export const MAX_HTML_TEXTS = 100_000;

interface Created {
  readonly parentNode: Created | null;
}

/** Is told of each node that is made while a text is parsed, before it is put in its place. */
let watch: ((node: Created, isText: boolean) => void) | undefined;

let parseHTML: typeof import("linkedom/worker").parseHTML;
let loaded: Promise<void> | undefined;

/** Loads the parser; whoever calls {@link fromHtml} has waited for it. */
export function loadParser(): Promise<void> {
  loaded ??= (async () => {
    // In one file, which loads in a quarter of the time that its 190 modules take.
    ({ parseHTML } = await import("linkedom/worker"));
    watchDocuments(Object.getPrototypeOf(parseHTML("<html></html>").document));
  })();
  return loaded;
}

/** A document of our schema. @throws Fault `op_too_complex` | `op_malformed` */
export function fromHtml(html: string): ReturnType<typeof fromPage> {
  try {
    return fromPage(parse(html));
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault("op_malformed", "This HTML cannot be read.");
  }
}

function parse(html: string): HTMLElement {
  watch = counting();
  let body: HTMLElement;
  try {
    body = parseHTML(`<!doctype html><html><body>${html}</body></html>`).document.body;
  } catch (error) {
    watch = undefined;
    // The library remembers that it is parsing; this brings it to an end.
    parseHTML("<html></html>");
    throw error;
  } finally {
    watch = undefined;
  }
  for (const element of body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      const known = name.toLowerCase() === "style" ? STYLE_ATTRIBUTE : name.toLowerCase();
      if (known === name) continue;
      element.removeAttribute(name);
      element.setAttribute(known, value);
    }
  }
  return body;
}

function counting(): (node: Created, isText: boolean) => void {
  const depths = new WeakMap<Created, number>();
  let [elements, texts] = [0, 0];
  /** Stands in its place by the time the next one is made. */
  let last: Created | undefined;
  return (node, isText) => {
    if (isText) {
      if (++texts > MAX_HTML_TEXTS) throw tooComplex({ texts: MAX_HTML_TEXTS });
      return;
    }
    if (last !== undefined) {
      const depth = 1 + ((last.parentNode && depths.get(last.parentNode)) ?? 0);
      if (depth > MAX_HTML_DEPTH) throw tooComplex({ depth: MAX_HTML_DEPTH });
      depths.set(last, depth);
    }
    last = node;
    if (++elements > MAX_HTML_ELEMENTS) throw tooComplex({ elements: MAX_HTML_ELEMENTS });
  };
}

const tooComplex = (details: { readonly [key: string]: number }) =>
  new Fault("op_too_complex", "This HTML has too many elements, or nests them too deeply.", { details });

type Maker = (...given: unknown[]) => Created;

/** The parser tells nobody of its progress but by making nodes. */
function watchDocuments(documents: {
  createElement: Maker;
  createElementNS: Maker;
  createTextNode: Maker;
}): void {
  for (const name of ["createElement", "createElementNS", "createTextNode"] as const) {
    const make = documents[name];
    documents[name] = function (this: unknown, ...given) {
      const node = make.apply(this, given);
      watch?.(node, name === "createTextNode");
      return node;
    };
  }
}
