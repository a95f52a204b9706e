// What a page may ask of the app it lives in, as the app implements it.

import type { GuestMessage, Handlers, Payload, Reply, RunContext } from "./messages.js";
import type { HostStorage } from "./storage.js";
import { storageHandlers } from "./storage.js";
import type { TokenReason } from "./tokens.js";

/** Throw a `BridgeFault` to say why not (`denied`, `cancelled`, `unavailable`, `quota`); anything else is `failed`. */
export interface Services {
  /** A token for the server and how long it is good. `rejected` and `changed`: the last one is not, get another. */
  readonly token?: (reason: TokenReason) => Promise<Reply<"auth.token">>;
  readonly storage?: HostStorage;
  /** Lets the person choose, uploads what was chosen, and says where it is. Never the bytes. */
  readonly pickMedia?: (
    what: Payload<"media.pick">,
    context: RunContext,
  ) => Promise<Reply<"media.pick">["items"]>;
  /** `href` is http, https, mailto or tel. @returns whether it was opened */
  readonly openLink?: (href: string) => boolean | Promise<boolean>;
  readonly share?: (what: Payload<"share">, context: RunContext) => boolean | Promise<boolean>;
  readonly haptic?: (style: Payload<"haptic">["style"]) => void;
  readonly announce?: (text: string, politeness: "polite" | "assertive") => void;
  readonly log?: (entry: Payload<"log">) => void;
}

/** The names of what an app offers, for the page's `init`. */
export function capsOf(services: Services): string[] {
  return Object.entries(services).flatMap(([name, service]) => (service === undefined ? [] : [name]));
}

export function serviceHandlers(services: Services): Handlers<GuestMessage> {
  const { token, storage, pickMedia, openLink, share, haptic, announce, log } = services;
  return {
    ...(storage && storageHandlers(storage)),
    ...(token && { "auth.token": async ({ reason }) => token(reason) }),
    ...(pickMedia && { "media.pick": async (what, context) => ({ items: await pickMedia(what, context) }) }),
    ...(openLink && { "link.open": async ({ href }) => ({ opened: await openLink(href) }) }),
    ...(share && { share: async (what, context) => ({ shared: await share(what, context) }) }),
    ...(haptic && { haptic: ({ style }) => haptic(style) }),
    ...(announce && { "a11y.announce": ({ text, politeness = "polite" }) => announce(text, politeness) }),
    ...(log && { log: (entry) => log(entry) }),
  };
}
