// What a browser may do for our pages: the headers by which they bind themselves.
//
// No script, style or frame but our own, and images from the web, because documents show them by their address. The page
// for apps is stricter, and is the only one that a page of another origin may show in a frame: of those that the
// configuration lets in.

import type { FastifyHelmetOptions } from "@fastify/helmet";

const directives = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  fontSrc: ["'self'"],
  imgSrc: ["'self'", "https:", "data:", "blob:"],
  // 'self' covers WebSockets to this host.
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  frameSrc: ["'self'"],
  frameAncestors: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
};

export const pagePolicy = {
  contentSecurityPolicy: { useDefaults: false, directives },
  // Said where this server ends TLS; otherwise whoever does says whether it stays so.
  strictTransportSecurity: false,
  // Images from elsewhere need not ask to be embedded.
  crossOriginEmbedderPolicy: false,
} as const satisfies FastifyHelmetOptions;

/** For the page that apps embed. `origins`: of pages that may have it in a frame, besides our own. */
export function webviewPolicy(origins: readonly string[]) {
  return {
    ...pagePolicy,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...directives,
        frameSrc: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'self'", ...origins],
      },
    },
    // The older header knows no list of origins, and `frame-ancestors` overrules it wherever both are known.
    frameguard: false,
  } as const satisfies FastifyHelmetOptions;
}

/** For what is answered before any of this could be set: nothing but our own style, in nobody's frame. */
export const unroutedHeaders = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-ancestors 'self'; base-uri 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
} as const;
