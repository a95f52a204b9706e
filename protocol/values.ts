// What may stand as a URL or a colour in a document: one rule for the server that refuses and the client that cleans.
//
// A URL is http, https, mailto, tel, or relative; a scheme must be readable as it stands, so anything that a browser
// would skip on its way to the scheme (controls, spaces at the ends, invisible characters) is refused, not stripped.
// A colour is `#rgb` or `#rrggbb`; everything else in CSS can carry more than a colour.

const schemes: ReadonlySet<string> = new Set(["http", "https", "mailto", "tel"]);

/** As long as an attribute may be (`ot/check.ts`), and longer than any address that browsers open reliably. */
export const MAX_URL_LENGTH = 4096;

// C0 and C1 controls, line separators, directional overrides and isolates, the byte order mark, and space at either
// end. Joiners stay: addresses in Persian or Hindi have them, and in a scheme they fail to match anyway.
const hidden = /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]|^\s|\s$/u;

/** Whether `url` may be the target of a link or the source of an image. */
export function isSafeUrl(url: unknown): url is string {
  if (typeof url !== "string" || url === "" || url.length > MAX_URL_LENGTH) return false;
  if (!url.isWellFormed() || hidden.test(url)) return false;
  // A colon before any slash, question mark or hash ends a scheme, whatever letters it is written in.
  const scheme = /^[^/?#\\]*?:/.exec(url)?.[0];
  return scheme === undefined || schemes.has(scheme.slice(0, -1).toLowerCase());
}

/** The URL as a browser would read it (ends trimmed, tabs and line breaks dropped), or null if it may not stand. */
export function cleanUrl(url: unknown): string | null {
  if (typeof url !== "string") return null;
  const read = url.replace(/[\t\n\r]/g, "").trim();
  return isSafeUrl(read) ? read : null;
}

/** `#rgb` or `#rrggbb`. */
export function isColor(value: unknown): value is string {
  return typeof value === "string" && /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value);
}
