// By which methods an address is asked. The router only says that it has found nothing; whoever comes to an address that
// there is, by a method that it has not, is told which ones it has.

import type { FastifyInstance } from "fastify";

interface Address {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Knows the routes that `app` is given after this. @returns the methods of a requested URL; none: there is nothing */
export function methodsIn(app: FastifyInstance): (url: string) => readonly string[] {
  const addresses = new Map<string, Address>();
  app.addHook("onRoute", ({ url, method }) => {
    const known = addresses.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    addresses.set(url, known);
    for (const each of [method].flat()) known.methods.add(each);
  });
  return (url) => {
    const [path = ""] = url.split(/[?#]/, 1);
    const found = [...addresses.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  };
}

/** Of a route as Fastify has it: a `:name` is one part of a path, be it empty, a `*` the rest of it. */
function patternOf(route: string): RegExp {
  const source = route
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace("*", ".*")
    .replace(/:\w+/g, "[^/]*");
  return new RegExp(`^${source}$`);
}
