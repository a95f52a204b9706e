// The few lines of DOM building that the pages share. Text is always set as text, never as markup.

type Attributes = { readonly [name: string]: string | boolean | ((event: Event) => void) | undefined };
type Child = Node | string | undefined | false;

/** An element with attributes (`onclick` and the like take functions; true is a bare attribute) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  for (const child of children) if (child !== undefined && child !== false) element.append(child);
  return element;
}

/** The element with this id, which the page's HTML has. */
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return element;
}

/** Gives a file to the person who reads the page. */
export function saveFile(name: string, type: string, contents: string): void {
  const url = URL.createObjectURL(new Blob([contents], { type: `${type};charset=utf-8` }));
  h("a", { href: url, download: name }).click();
  // The browser has taken the address over by the next turn of the loop.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** `name` as a file name that every system takes. */
export function fileName(name: string, extension: string): string {
  const safe = name
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^\.+/, "")
    .slice(0, 80);
  return `${safe || "document"}.${extension}`;
}
