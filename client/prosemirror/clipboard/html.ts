// HTML from other programs, made into what the schema's parse rules read. The schema decides what may stand in a
// document; here only what would be misread is put right:
//
//   junk       scripts, styles, comments, hidden elements, tracking pixels, form controls
//   styles     become elements (`styles.ts`), Google's <b style="font-weight:normal"> is undone
//   colours    become those of a few that have the nearest hue (`colors.ts`)
//   lines      those of text that is preformatted by its style (`preformatted.ts`); blank ones become empty paragraphs (`lines.ts`)
//   looks      direction that is the default anyway
//   addresses  relative ones, which mean something else here
//   Word       comments, numbers of headings (`word.ts`)
//   lists      Word's paragraphs that look like items, lists beside items instead of in them, check boxes
//   code       the language, <br> in <pre>
//   tables     become a code block with the table's Markdown (`markdown/tables.ts`), or what they only lay out
//
// It works on a document of its own, in which nothing is loaded and no script runs.

import { TABLE_LANGUAGE, tableText } from "../markdown/tables.js";
import { applyColors, colorMarks } from "./colors.js";
import { keepLastBreaks, markBlankLines } from "./lines.js";
import { markPreformatted } from "./preformatted.js";
import { applyStyles, hideStyles, removeHidden, STYLE_ATTRIBUTE } from "./styles.js";
import { keepHeadingNumbers, removeWordComments, unfoldWordLists } from "./word.js";

const junk =
  "script,style,meta,link,title,template,iframe,object,embed,noscript,svg,canvas,audio,video,button,select,textarea,[hidden]";

/** As in `NodeFilter`, which is there in browsers only. */
const SHOW_COMMENT = 128;

/** The same content as clean HTML. */
export function cleanHtml(html: string): string {
  const { body } = new DOMParser().parseFromString(hideStyles(html), "text/html");
  cleanBody(body);
  return body.innerHTML;
}

/** Cleans a parsed page, whose style attributes have the name `STYLE_ATTRIBUTE`. Needs no browser: any DOM will do. */
export function cleanBody(body: HTMLElement): void {
  removeJunk(body);
  // An editor like ours has marked what it copied, and means every element and attribute.
  if (!body.querySelector("[data-pm-slice]")) {
    removeWordComments(body);
    keepHeadingNumbers(body);
    unfoldWordLists(body);
    markPreformatted(body);
    colorMarks(body);
    applyColors(body);
    applyStyles(body);
    dropForeignLooks(body);
    markBlankLines(body);
  } else {
    colorMarks(body);
    keepLastBreaks(body);
  }
  for (const element of body.querySelectorAll(`[${STYLE_ATTRIBUTE}]`))
    element.removeAttribute(STYLE_ATTRIBUTE);
  nestLists(body);
  markTasks(body);
  for (const pre of body.querySelectorAll("pre")) cleanCode(pre);
  // Inner tables first, so that what is left around them can be told to be layout.
  for (const table of [...body.querySelectorAll("table")].reverse()) replaceTable(table);
}

function removeJunk(body: HTMLElement): void {
  const comments = body.ownerDocument.createTreeWalker(body, SHOW_COMMENT);
  const found: Node[] = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const comment of found) (comment as Comment).remove();
  for (const element of body.querySelectorAll(junk)) element.remove();
  removeHidden(body);
  for (const image of body.querySelectorAll("img")) {
    const sides = [image.getAttribute("width"), image.getAttribute("height")];
    if (sides.some((side) => side === "1" || side === "0")) image.remove();
  }
}

function dropForeignLooks(body: HTMLElement): void {
  for (const element of body.querySelectorAll("[dir=ltr]")) element.removeAttribute("dir");
  const isAbsolute = (url: string | null) => /^\s*(?:https?:|mailto:|tel:)/i.test(url ?? "");
  for (const link of body.querySelectorAll("a[href]"))
    if (!isAbsolute(link.getAttribute("href"))) link.removeAttribute("href");
  for (const image of body.querySelectorAll("img"))
    if (!isAbsolute(image.getAttribute("src"))) image.remove();
  // Chrome writes ordinary spaces at the edges of an element as no-break spaces.
  for (const span of body.querySelectorAll(".Apple-converted-space"))
    span.textContent = (span.textContent ?? "").replaceAll("\u00a0", " ");
}

/** A list that stands beside items belongs into the item before it; one that opens an item needs a line before it. */
function nestLists(body: HTMLElement): void {
  for (const list of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    const before = list.previousElementSibling;
    if (before?.localName === "li") before.append(list);
    else list.replaceWith(...list.children);
  }
  for (const item of body.querySelectorAll("li")) {
    const first = [...item.childNodes].find(
      (node) => (node.textContent ?? "").trim() !== "" || isElement(node),
    );
    if (first !== undefined && isElement(first) && first.matches("ul, ol"))
      item.prepend(body.ownerDocument.createElement("p"));
  }
}

const isElement = (node: Node): node is Element => node.nodeType === 1;

/** Lists with check boxes are task lists. */
function markTasks(body: HTMLElement): void {
  for (const item of body.querySelectorAll("li")) {
    const box = item.querySelector<HTMLInputElement>(
      ":scope > input[type=checkbox], :scope > p > input[type=checkbox], :scope > label > input[type=checkbox]",
    );
    const checked = box ? box.hasAttribute("checked") : item.getAttribute("aria-checked");
    const isTask = box || item.getAttribute("role") === "checkbox";
    box?.remove();
    if (!isTask || item.parentElement?.localName !== "ul") continue;
    item.dataset.checked = String(checked === true || checked === "true");
    item.parentElement.dataset.taskList = "";
  }
  for (const item of body.querySelectorAll<HTMLElement>("ul[data-task-list] > li:not([data-checked])"))
    item.dataset.checked = "false";
  for (const input of body.querySelectorAll("input")) input.remove();
}

function cleanCode(pre: HTMLPreElement): void {
  const names = [pre, ...pre.querySelectorAll("code"), pre.parentElement].map(
    (element) => element?.className ?? "",
  );
  const lang = /(?:language|lang|highlight-source|brush:)[- ]?([\w+#.-]+)/.exec(names.join(" "))?.[1];
  if (lang && !pre.dataset.lang) pre.dataset.lang = lang;
  for (const br of pre.querySelectorAll("br")) br.replaceWith("\n");
  const text = pre.textContent ?? "";
  // Embeds in our own code blocks stay; from elsewhere there is only text.
  if (!pre.querySelector("img, [data-mention]")) pre.textContent = text.replace(/\n$/, "");
}

function replaceTable(table: HTMLTableElement): void {
  const rows = [...table.querySelectorAll("tr")]
    .filter((row) => row.closest("table") === table)
    .map((row) => [...row.children].filter((cell) => cell.matches("td, th")));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const isData =
    columns > 1 && !table.querySelector("pre, ul, ol, h1, h2, h3, blockquote, td p + p, td div + div");
  if (isData) {
    // A line of a cell is told from the next one.
    for (const line of table.querySelectorAll("br, p, div")) line.before(" ");
    const pre = table.ownerDocument.createElement("pre");
    pre.dataset.lang = TABLE_LANGUAGE;
    pre.textContent = tableText(
      rows.map((row) => row.map((cell) => (cell.textContent ?? "").replace(/\s+/g, " ").trim())),
    );
    table.replaceWith(pre);
    return;
  }
  const blocks = rows.flat().map((cell) => {
    const block = table.ownerDocument.createElement("div");
    block.append(...cell.childNodes);
    return block;
  });
  table.replaceWith(...blocks);
}
