// Where a server is, as whoever connects says it: checked once, for a client tries for as long as it lives, and would never
// say of an address that leads nowhere that it is wrong.

/** Of a page; other programs have none. */
interface Here {
  readonly location?: { readonly href: string };
}

/**
 * The address of a server in full. What begins with a slash is meant from the page on that asks. A path is one that the server
 * is reached below, through something in front, and ends in a slash: without one it is more likely that of a page.
 *
 * @throws Error with a sentence, where no server can have this address
 */
export function addressOf(given: string, { location }: Here = globalThis as Here): string {
  const isRelative = typeof given === "string" && given.startsWith("/");
  const url = parsed(given, isRelative ? location?.href : undefined);
  if (url !== undefined && /^(https?|wss?):$/.test(url.protocol) && url.pathname.endsWith("/"))
    return url.href;
  throw new Error(
    `A server has an address such as https://write.example, or https://example.org/write/ below a path, not "${given}".`,
  );
}

function parsed(given: string, base: string | undefined): URL | undefined {
  try {
    return new URL(given, base);
  } catch {
    return undefined;
  }
}
