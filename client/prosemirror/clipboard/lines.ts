// Blank lines. Programs write one as an element that holds nothing but a <br>, or as a <br> between blocks; here it is an
// empty paragraph:
//
//   <p>one</p><br><p>two</p>                        Google Docs
//   <div>one</div><div><br></div><div>two</div>     Gmail, Chrome
//
// A <br> that only ends a line before a block, or a page after one, shows nothing, and goes.

const BLOCKS =
  "address,article,aside,blockquote,center,dd,div,dl,dt,fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,h5,h6,header,hr,li,main,nav,ol,p,pre,section,table,tbody,td,tfoot,th,thead,tr,ul";

/** Whether it begins a line of its own, or holds what does. */
export const isBlock = (node: Node): boolean => isElement(node) && node.matches(BLOCKS);
const holdsBlock = (node: Node): boolean =>
  isBlock(node) || (isElement(node) && node.querySelector(BLOCKS) !== null);
const isElement = (node: Node): node is HTMLElement => node.nodeType === 1;
const isSpace = (node: Node): boolean => node.nodeType === 3 && /^[ \t\r\n\f]*$/.test(node.nodeValue ?? "");
const isBreak = (node: Node | undefined): node is HTMLElement =>
  node !== undefined && isElement(node) && node.localName === "br";

/** Makes empty paragraphs of what shows as blank lines. */
export function markBlankLines(body: HTMLElement): void {
  for (const br of body.querySelectorAll("br.Apple-interchange-newline")) br.remove();
  for (const br of body.querySelectorAll("br")) emptyLine(br);
  const parents = new Set([...body.querySelectorAll("br")].map((br) => br.parentElement!));
  for (const parent of parents) if (!parent.closest("pre")) breaksBetweenBlocks(parent, parent === body);
}

/** Empties the line that is only this break; a <div>, which means nothing here, becomes a paragraph. */
function emptyLine(br: Element): void {
  let line = br.parentElement!;
  let only = isAlone(br);
  while (only && !isBlock(line) && line.localName !== "body") {
    only = isAlone(line);
    line = line.parentElement!;
  }
  if (!only || !line.matches("div, p, h1, h2, h3, h4, h5, h6") || line.closest("pre")) return;
  if (line.localName !== "div") line.replaceChildren();
  else line.replaceWith(line.ownerDocument.createElement("p"));
}

function isAlone(node: Node): boolean {
  let [before, after] = [node.previousSibling, node.nextSibling];
  while (before && isSpace(before)) before = before.previousSibling;
  while (after && isSpace(after)) after = after.nextSibling;
  return !before && !after;
}

function breaksBetweenBlocks(parent: HTMLElement, isPage: boolean): void {
  const nodes = [...parent.childNodes].filter((node) => !isSpace(node));
  if (!nodes.some(holdsBlock)) return;
  const isList = parent.matches("ul, ol, table, tbody, thead, tr");
  for (let at = 0; at < nodes.length; at++) {
    if (!isBreak(nodes[at])) continue;
    const first = at;
    while (isBreak(nodes[at + 1])) at++;
    const before = nodes[first - 1];
    const after = nodes[at + 1];
    const followsText = before !== undefined && !holdsBlock(before);
    // Between two pieces of text they are what they are.
    if (followsText && (after === undefined || !holdsBlock(after))) continue;
    // The first only ends a line, or the last the page.
    const shown = at + 1 - first - (followsText || (after === undefined && isPage) ? 1 : 0);
    for (const [nth, br] of nodes.slice(first, at + 1).entries())
      if (nth < shown && !isList) (br as Element).replaceWith(parent.ownerDocument.createElement("p"));
      else (br as Element).remove();
  }
}

/** Keeps the breaks that end a block: an editor like ours means them, but the parser takes such a <br> for a filler. */
export function keepLastBreaks(body: HTMLElement): void {
  for (const br of body.querySelectorAll("br"))
    if (br.nextSibling === null) br.after(body.ownerDocument.createComment(""));
}
