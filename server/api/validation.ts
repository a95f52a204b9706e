// What Fastify's validator is told and tells: numbers of a query are numbers before they are looked at, and what is wrong
// with a request is a fault that names the field.

import type { FastifyRequest } from "fastify";
import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import { Fault } from "../../protocol/index.js";

interface Parameters {
  readonly properties?: { readonly [name: string]: { readonly type?: string } };
}

/** Makes numbers of the digits in a query and a path where the schema wants whole numbers. Other text stays what it is. */
export function withNumbers({ query, params, routeOptions }: FastifyRequest): void {
  const { querystring, params: path } = (routeOptions.schema ?? {}) as {
    readonly querystring?: Parameters;
    readonly params?: Parameters;
  };
  for (const [values, schema] of [
    [query, querystring],
    [params, path],
  ] as [Record<string, unknown>, Parameters | undefined][]) {
    for (const [name, { type }] of Object.entries(schema?.properties ?? {})) {
      const value = values[name];
      if (type === "integer" && typeof value === "string" && /^\d{1,16}$/.test(value))
        values[name] = Number(value);
    }
  }
}

/** The first thing that is wrong with a request, in a sentence. */
export function inWords(errors: readonly FastifySchemaValidationError[], where: string): Fault {
  const [first] = errors;
  const path = `${where}${(first?.instancePath ?? "").replaceAll("/", ".")}`;
  const extra = first?.params.additionalProperty;
  if (typeof extra === "string") return malformed(`${path} must have no key ${JSON.stringify(extra)}.`);
  if (path === "body.id") return new Fault("bad_name", "That is no document's name.");
  return malformed(`${path} ${first?.message ?? "is not valid"}.`);
}

const malformed = (sentence: string) => new Fault("message_malformed", sentence.slice(0, 500));
