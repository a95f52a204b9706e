// Text whose line feeds count by its style, and not by a <pre>. A browser and the editors made of one copy it so:
//
//   <div style="font-family:monospace;white-space:pre"><div>if a:</div><div>    b</div></div>    VS Code, web pages: <pre>
//   <span style="white-space:pre-wrap">one⏎two</span>                                            chats: one<br>two
//
// Only code has its spaces kept as well, in which they are what it says.

import { isBlock } from "./lines.js";
import { STYLE_ATTRIBUTE, stylesOf } from "./styles.js";

/** As in `NodeFilter`, which is there in browsers only. */
const SHOW_TEXT = 4;

/** Whether line feeds in an element are lines; undefined where its style says nothing of it. */
function keepsLines(element: Element): boolean | undefined {
  const styles = stylesOf(element);
  const said = styles.get("white-space") ?? styles.get("white-space-collapse");
  return said === undefined ? undefined : /^(?:pre|break-spaces)/.test(said);
}

/** Makes elements of it, which mean the same without a style. */
export function markPreformatted(body: HTMLElement): void {
  const styled = body.querySelectorAll(`[${STYLE_ATTRIBUTE}*='white-space']`);
  if (styled.length === 0) return;
  for (const block of styled) {
    const isCode = keepsLines(block) && /mono|courier|consolas|menlo/.test(fontOf(block));
    if (!isCode || !isBlock(block) || block.matches("td, th, li") || block.closest("pre")) continue;
    const text = linesOf(block).replace(/\n$/, "");
    // A single line is words.
    if (!text.includes("\n")) continue;
    const pre = body.ownerDocument.createElement("pre");
    pre.textContent = text;
    block.replaceWith(pre);
  }
  const texts = body.ownerDocument.createTreeWalker(body, SHOW_TEXT);
  const found: Node[] = [];
  while (texts.nextNode()) if (/\n/.test(texts.currentNode.nodeValue!)) found.push(texts.currentNode);
  for (const text of found) breakLines(text as Text);
}

const fontOf = (element: Element): string => stylesOf(element).get("font-family") ?? "";

/** The text of an element as it is shown: each block on a line of its own. */
function linesOf(element: Element): string {
  let text = "";
  for (const node of element.childNodes) {
    if (isBlock(node) && text !== "" && !text.endsWith("\n")) text += "\n";
    if (node.nodeType !== 1) text += node.nodeValue ?? "";
    else if ((node as Element).localName === "br") text += "\n";
    else text += linesOf(node as Element);
    if (isBlock(node) && !text.endsWith("\n")) text += "\n";
  }
  return text;
}

/** Line feeds between blocks are how a page is written, also where they would count. */
function breakLines(text: Text): void {
  let keeps: boolean | undefined;
  for (let around = text.parentElement; around !== null && keeps === undefined; around = around.parentElement)
    keeps = around.localName === "pre" ? false : keepsLines(around);
  if (!keeps || (text.nodeValue!.trim() === "" && [...text.parentElement!.children].some(isBlock))) return;
  const page = text.ownerDocument;
  const parts = text.nodeValue!.split(/\r\n?|\n/).flatMap((line) => [page.createElement("br"), line]);
  text.replaceWith(...parts.slice(1));
}
