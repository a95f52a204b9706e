// Word's lists. Word writes an item as a paragraph that says which list it is in and how deep, and that begins with its
// bullet or number as text:
//
//   <p class="MsoListParagraph" style="mso-list:l0 level2 lfo1"><span style="mso-list:Ignore">o&nbsp;</span>text</p>
//
// It writes numbered headings in the same way, which are no items: their number is what the text calls them by. And it puts
// comments beside what it copies, at the place and at the end; they are no part of the text, and not meant for its readers.

import { STYLE_ATTRIBUTE } from "./styles.js";

interface Item {
  readonly paragraph: HTMLElement;
  readonly level: number;
  readonly ordered: boolean;
  readonly start: number;
}

/** The bullet or number that an item, or a heading, begins with. */
const signOf = (element: Element): Element | undefined =>
  [...element.querySelectorAll("span")].find((span) =>
    /mso-list:\s*ignore/i.test(span.getAttribute(STYLE_ATTRIBUTE) ?? ""),
  );

function readItem(paragraph: HTMLElement): Item | null {
  const place = /mso-list:\s*l\d+\s+level(\d+)/i.exec(paragraph.getAttribute(STYLE_ATTRIBUTE) ?? "");
  if (!place) return null;
  const sign = signOf(paragraph);
  const number = /^\s*\(?(\d+|[a-z]{1,3})[.)]/i.exec(sign?.textContent ?? "");
  sign?.remove();
  return {
    paragraph,
    level: Math.min(9, Math.max(1, Number(place[1]))),
    ordered: number !== null,
    start: Number(number?.[1]) || 1,
  };
}

/** Takes out what others have said of the text. */
export function removeWordComments(body: HTMLElement): void {
  const styled = (style: string) => `[${STYLE_ATTRIBUTE}*='${style}']`;
  const comments = `.msocomanchor, ${styled("mso-special-character:comment")}, ${styled("mso-element:comment")}`;
  for (const comment of body.querySelectorAll(comments)) comment.remove();
}

/** Makes words of the numbers of headings. */
export function keepHeadingNumbers(body: HTMLElement): void {
  for (const heading of body.querySelectorAll(":is(h1, h2, h3, h4, h5, h6)")) {
    const sign = signOf(heading);
    const number = (sign?.textContent ?? "").trim();
    sign?.replaceWith(/[\p{L}\p{N}]/u.test(number) ? `${number} ` : "");
  }
}

/** Makes lists out of runs of such paragraphs. */
export function unfoldWordLists(body: HTMLElement): void {
  let open: HTMLElement[] = [];
  let last: Element | null = null;
  for (const paragraph of body.querySelectorAll<HTMLElement>(`p[${STYLE_ATTRIBUTE}*='mso-list']`)) {
    const item = readItem(paragraph);
    if (!item) continue;
    // Anything in between ends the list.
    if (last === null || paragraph.previousElementSibling !== last) open = [];
    const tag = item.ordered ? "ol" : "ul";
    while (open.length > item.level || (open.length === item.level && open.at(-1)?.localName !== tag))
      open.pop();
    while (open.length < item.level) {
      const list = body.ownerDocument.createElement(tag);
      if (item.ordered && item.start !== 1) list.setAttribute("start", String(item.start));
      const parent = open.at(-1);
      if (parent)
        (parent.lastElementChild ?? parent.appendChild(body.ownerDocument.createElement("li"))).append(list);
      else paragraph.before(list);
      open.push(list);
    }
    const li = body.ownerDocument.createElement("li");
    open.at(-1)!.append(li);
    li.append(paragraph);
    last = open[0]!;
  }
}
