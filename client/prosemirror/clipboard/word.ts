// Word's lists. Word writes an item as a paragraph that says which list it is in and how deep, and that begins with its
// bullet or number as text:
//
//   <p class="MsoListParagraph" style="mso-list:l0 level2 lfo1"><span style="mso-list:Ignore">o&nbsp;</span>text</p>

import { STYLE_ATTRIBUTE } from "./styles.js";

interface Item {
  readonly paragraph: HTMLElement;
  readonly level: number;
  readonly ordered: boolean;
  readonly start: number;
}

function readItem(paragraph: HTMLElement): Item | null {
  const place = /mso-list:\s*l\d+\s+level(\d+)/i.exec(paragraph.getAttribute(STYLE_ATTRIBUTE) ?? "");
  if (!place) return null;
  const sign = [...paragraph.querySelectorAll<HTMLElement>("span")].find((span) =>
    /mso-list:\s*ignore/i.test(span.getAttribute(STYLE_ATTRIBUTE) ?? ""),
  );
  const number = /^\s*\(?(\d+|[a-z]{1,3})[.)]/i.exec(sign?.textContent ?? "");
  sign?.remove();
  return {
    paragraph,
    level: Math.min(9, Math.max(1, Number(place[1]))),
    ordered: number !== null,
    start: Number(number?.[1]) || 1,
  };
}

/** Makes lists out of runs of such paragraphs. */
export function unfoldWordLists(body: HTMLElement): void {
  let open: HTMLElement[] = [];
  let last: Element | null = null;
  for (const paragraph of body.querySelectorAll<HTMLElement>(
    `:is(p, h1, h2)[${STYLE_ATTRIBUTE}*='mso-list']`,
  )) {
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
