// Where a request comes from and which host it was meant for, as far as that can be believed. A proxy in front of this
// server tells it in `X-Forwarded-For`, `-Host` and `-Proto`, and so can any stranger: the headers count only from the
// addresses that the configuration trusts.
//
//   X-Forwarded-For: made up, 203.0.113.9, 10.0.0.2          read from the right, as far as proxies are trusted
//                             ▲ the client   ▲ trusted       what stands further left was said by the client
//
// Not here: what is done with it, which is for the quotas and the origin check (`origins.ts`).

import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

type Request = Pick<IncomingMessage, "headers" | "socket">;

/** What the origin check looks at. */
export interface Asked {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  /** Whether the request came over TLS, to us or to a trusted proxy. Absent: nobody who is believed says. */
  readonly secure?: boolean | undefined;
}

export interface Addresses {
  /** The client's address: one that quotas may be counted on. Empty if the connection is gone already. */
  clientAddress(request: Request): string;
  asked(request: Request): Asked;
}

/** @param secure  this server ends TLS itself */
export function createAddresses(trusted: readonly string[] = [], secure = false): Addresses {
  const proxies = new BlockList();
  for (const range of trusted) addRange(proxies, range);
  const isTrusted = (address: string) => {
    const family = isIP(address);
    return family !== 0 && proxies.check(address, family === 4 ? "ipv4" : "ipv6");
  };

  /** The value that the nearest proxy gave, if we believe it. */
  function forwarded(request: Request, name: string): string | undefined {
    if (!isTrusted(plain(request.socket.remoteAddress))) return undefined;
    return values(request, name).at(-1);
  }

  return {
    clientAddress(request) {
      let client = plain(request.socket.remoteAddress);
      for (const hop of values(request, "x-forwarded-for").reverse()) {
        const address = plain(hop);
        if (!isTrusted(client) || isIP(address) === 0) break;
        client = address;
      }
      return client;
    },

    asked(request) {
      const { origin, host } = request.headers;
      const scheme = forwarded(request, "x-forwarded-proto")?.toLowerCase();
      return {
        origin,
        host: forwarded(request, "x-forwarded-host") ?? host,
        secure: scheme === undefined ? secure || undefined : scheme === "https" || scheme === "wss",
      };
    },
  };
}

/** An address or a range such as 10.0.0.0/8, as a configuration may give it. */
export function isAddressRange(text: string): boolean {
  const [address = "", bits, more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function addRange(list: BlockList, range: string): void {
  const [address = "", bits] = range.split("/");
  const family = isIP(address) === 4 ? "ipv4" : "ipv6";
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
}

/** The parts of a header that may be given more than once, in the order of the hops. */
function values(request: Request, name: string): string[] {
  const header = request.headers[name];
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Without a port, a zone or brackets; an IPv4 address that came through an IPv6 socket as what it is. */
function plain(address = ""): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
  return bare.replace(/%.*$/, "").replace(/^::ffff:(?=[\d.]+$)/i, "");
}
