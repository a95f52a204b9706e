// Where a running server is, as a command is told it: at the root of a host, or below a path of another site, through something in
// front. Each address ends in a slash or names no path, so that what is asked of it stands behind it (`new URL("livez", address)`).

import { StartupError } from "../startup.js";

/**
 * The slash at the end may be left out.
 *
 * @param option  which one it was, for the sentence
 * @throws StartupError `bad_option`
 */
export function serverAddress(option: string, given: string): string {
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol)) {
    const { origin, pathname, href } = parsed;
    // Nothing else has a meaning: no user, no query, no fragment.
    if (href === origin + pathname) return pathname === "/" ? origin : href.replace(/\/*$/, "/");
  }
  throw new StartupError(
    "bad_option",
    `${option} takes an address such as https://write.example, or https://example.org/write/ below a path, not ${given}.`,
  );
}
