// What inline styles say, said with elements. Many programs write bold as `font-weight:700`, and some write `<b>` that is
// not bold; the schema reads elements.
//
// A page with a strict content policy refuses style attributes, also in documents that nobody shows: their `style` stays
// empty, and each is reported. So sheets are cut out and the attribute is renamed before the HTML is parsed; likewise
// event handlers, which would never run, but be reported.

/** Stands for `style` from `hideStyles` on. */
export const STYLE_ATTRIBUTE = "data-css";

/** HTML without style sheets, whose style attributes and event handlers have other names. */
export const hideStyles = (html: string): string =>
  withoutSheets(html).replace(/<[a-z](?:"[^"]*"|'[^']*'|[^'"<>])*>/gi, (tag) =>
    tag.replace(/"[^"]*"|'[^']*'|(?<=[\s"'/])(?:style|on[a-z]+)(?=\s*=)/gi, (part) => {
      if (/^["']/.test(part)) return part;
      return part.toLowerCase() === "style" ? STYLE_ATTRIBUTE : "data-handler";
    }),
  );

function withoutSheets(html: string): string {
  const [before = "", ...sheets] = html.split(/<style(?=[\s>])/i);
  const rest = sheets.map((sheet) => /<\/style\s*>([\s\S]*)$/i.exec(sheet)?.[1] ?? "");
  return before + rest.join("");
}

/** The declarations of an element's style, in lower case. */
export const stylesOf = (element: Element): ReadonlyMap<string, string> => {
  const declarations = (element.getAttribute(STYLE_ATTRIBUTE) ?? "")
    .split(";")
    .map((part) => part.split(":", 2));
  return new Map(
    declarations.map(([name = "", value = ""]) => [name.trim().toLowerCase(), value.trim().toLowerCase()]),
  );
};

/** Takes out what was not to be seen where it comes from. */
export function removeHidden(body: HTMLElement): void {
  for (const element of body.querySelectorAll(`[${STYLE_ATTRIBUTE}]`)) {
    const styles = stylesOf(element);
    const isHidden =
      styles.get("display") === "none" ||
      styles.get("visibility") === "hidden" ||
      styles.get("mso-hide") === "all";
    if (isHidden) element.remove();
  }
}

const isBold = (weight = ""): boolean => /^(?:bold(?:er)?|[6-9]\d\d)$/.test(weight);
const isNormal = (value = ""): boolean => /^(?:normal|lighter|[1-5]\d\d)$/.test(value);

/** Elements that say what the styles of `element` say. */
function meant(element: Element, styles: ReadonlyMap<string, string>): string[] {
  const decoration = `${styles.get("text-decoration") ?? ""} ${styles.get("text-decoration-line") ?? ""}`;
  // Headings are bold, and links underlined, by their looks.
  const isHeading = element.closest("h1, h2, h3, h4, h5, h6") !== null;
  const isLink = element.closest("a") !== null;
  return [
    isBold(styles.get("font-weight")) && !isHeading ? "strong" : "",
    /^(?:italic|oblique)/.test(styles.get("font-style") ?? "") ? "em" : "",
    decoration.includes("underline") && !isLink ? "u" : "",
    decoration.includes("line-through") ? "s" : "",
    styles.get("vertical-align") === "sub" ? "sub" : "",
    styles.get("vertical-align") === "super" ? "sup" : "",
  ].filter((tag) => tag !== "");
}

/** Puts elements in the place of styles, and alignment where the schema looks for it. The styles are gone then. */
export function applyStyles(body: HTMLElement): void {
  for (const element of body.querySelectorAll<HTMLElement>(`[${STYLE_ATTRIBUTE}]`)) {
    const styles = stylesOf(element);
    element.removeAttribute(STYLE_ATTRIBUTE);
    for (const tag of meant(element, styles)) {
      const inner = element.ownerDocument.createElement(tag);
      inner.append(...element.childNodes);
      element.append(inner);
    }
    const align = styles.get("text-align") ?? "";
    if (["center", "right", "justify"].includes(align)) element.dataset.align = align;
    const isPlain =
      (element.matches("b, strong") && isNormal(styles.get("font-weight"))) ||
      (element.matches("i, em") && isNormal(styles.get("font-style")));
    if (isPlain) element.replaceWith(...element.childNodes);
  }
}
