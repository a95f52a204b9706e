// As much of a DOM as ProseMirror's parser reads, so that HTML can be pasted where there is no browser.
//
//     h("p", "one ", h("b", "two"))     reads as <p>one <b>two</b></p>
//
// Selectors are those that the schema uses: a tag, an attribute, or both.

interface Attributes {
  readonly [name: string]: string;
}

export class MiniNode {
  readonly childNodes: MiniNode[] = [];
  readonly style = {};
  parentNode: MiniNode | null = null;
  nextSibling: MiniNode | null = null;
  previousSibling: MiniNode | null = null;

  constructor(
    readonly nodeType: number,
    readonly nodeName: string,
    readonly nodeValue: string | null,
    private readonly attributes: Attributes = {},
  ) {}

  get tagName(): string {
    return this.nodeName;
  }

  get firstChild(): MiniNode | null {
    return this.childNodes[0] ?? null;
  }

  get ownerDocument() {
    return { createTextNode: (text: string) => new MiniNode(3, "#text", text) };
  }

  get dataset(): { readonly [name: string]: string } {
    const data = Object.entries(this.attributes).filter(([name]) => name.startsWith("data-"));
    return Object.fromEntries(data.map(([name, value]) => [name.slice(5), value]));
  }

  getAttribute(name: string): string | null {
    return this.attributes[name] ?? null;
  }

  hasAttribute(name: string): boolean {
    return name in this.attributes;
  }

  matches(selector: string): boolean {
    return selector.split(",").some((each) => {
      const [, tag, name] = /^([a-z0-9]*)(?:\[([a-z-]+)[^\]]*\])?$/.exec(each.trim()) ?? [undefined, "?"];
      return (
        (tag === "" || tag === this.nodeName.toLowerCase()) && (name === undefined || this.hasAttribute(name))
      );
    });
  }

  append(child: MiniNode): void {
    const last = this.childNodes.at(-1) ?? null;
    if (last !== null) last.nextSibling = child;
    child.previousSibling = last;
    child.parentNode = this;
    this.childNodes.push(child);
  }
}

/** An element of a tag, with what is in it: text, other elements, and its own attributes. */
export function h(tag: string, ...parts: readonly (string | MiniNode | Attributes)[]): MiniNode {
  const isAttributes = (part: (typeof parts)[number]): part is Attributes =>
    typeof part !== "string" && !(part instanceof MiniNode);
  const node = new MiniNode(1, tag.toUpperCase(), null, parts.find(isAttributes));
  for (const part of parts) {
    if (typeof part === "string") node.append(new MiniNode(3, "#text", part));
    else if (part instanceof MiniNode) node.append(part);
  }
  return node;
}
