// Opening an address out of a document. Whoever wrote it is a stranger: only what may stand in a document is opened, in a
// tab that knows nothing of this one.

import { isSafeUrl } from "../../../protocol/index.js";

/** Where a link in the page leads; null if nobody is to go there. */
export function hrefOf(link: Element): string | null {
  const href = link.getAttribute("href");
  return isSafeUrl(href) ? new URL(href, link.ownerDocument.baseURI).href : null;
}

/** Opens an address as a click on a link does: a page in a new tab, a mail in the program for mails. */
export function openInTab(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  link.click();
}
