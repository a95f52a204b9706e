// Where webhooks may not go: addresses of this machine, of its network and of whatever is special. A name is looked up for
// each connection and the addresses that come of it are looked at then, so that one which answers differently the next
// time (DNS rebinding) gains nothing.

import { BlockList, isIP } from "node:net";

const refused = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  refused.addSubnet(network, prefix, "ipv4");

/** The only addresses of IPv6 that are given out to be reached from anywhere, and what of them leads elsewhere. */
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  refused.addSubnet(network, prefix, "ipv6");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** An address of IPv4 inside one of IPv6 is that of IPv4. */
const plain = (address: string) => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

export function isPublic(given: string): boolean {
  const address = plain(given);
  if (isIP(address) === 4) return !refused.check(address, "ipv4");
  return isIP(address) === 6 && global.check(address, "ipv6") && !refused.check(address, "ipv6");
}

export function isLoopbackAddress(given: string): boolean {
  const address = plain(given);
  const kind = isIP(address);
  return kind !== 0 && loopback.check(address, kind === 4 ? "ipv4" : "ipv6");
}
