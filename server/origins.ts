// Which pages may talk to this server. A browser says in `Origin` which page asks; whatever says nothing is no page of
// somebody else's (an app, a program, a page of ours that reads).
//
//   no Origin                          allowed
//   the host that the request went to  allowed: our own pages; over TLS, if it is known that this is how they are asked
//   an origin from the configuration   allowed
//   anything else                      refused, WebSockets and polling alike
//
// A server that lets anybody in must not be reached through a name that somebody else made point here (DNS rebinding),
// so with `onlyLoopback` the host itself must be one of this machine's names, or of a configured origin.

import type { Asked } from "./address.js";

/** Whether the request may be answered. */
export type OriginCheck = (asked: Asked) => boolean;

export function createOriginCheck(origins: readonly string[], onlyLoopback: boolean): OriginCheck {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  const hosts = new Set(origins.map((origin) => new URL(origin).host));

  return ({ origin, host, secure }) => {
    const asked = host === undefined ? undefined : parse(`http://${host}`);
    if (onlyLoopback && !(asked !== undefined && (isLoopback(asked.hostname) || hosts.has(asked.host))))
      return false;
    if (origin === undefined) return true;
    const page = parse(origin);
    if (page === undefined) return false;
    // A page that came over an open line may be anybody's, whatever its host is called.
    const ours = secure === undefined || (page.protocol === "https:") === secure;
    return (ours && (page.host === asked?.host || page.host === host)) || allowed.has(page.origin);
  };
}

/** Whether only programs on this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** An origin as a configuration may give it: scheme and host, nothing after. */
export function isOrigin(text: string): boolean {
  const url = parse(text);
  return (
    url !== undefined &&
    (url.protocol === "http:" || url.protocol === "https:") &&
    url.origin === text.replace(/\/$/, "")
  );
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
