// Where the server is that this page came from: at the root of a host, or below a path of another site. Whatever is in front takes
// the path away, so the server does not know it; but every script of a page stands in the server's `assets/`.
//
// Servers below different paths of one host share what a browser keeps for it. What belongs to one server alone (who one is
// there, and what was not sent) is kept under its path; at the root, under a plain name.

const script: string = import.meta.url;

/** The server's address, with a slash at its end. */
export const base: string = new URL("..", script).href;

/** The address of something of the server's. @param path  begins with a slash, as if the server were at the root */
export const addressOf = (path: string): string => base + path.slice(1);

/** The name under which something that belongs to this server alone is kept in this browser. */
export function keptAs(name: string): string {
  const { pathname } = new URL(base);
  return pathname === "/" ? name : `${name}@${pathname}`;
}
