// What Fastify's validator is told and tells: numbers of a query are numbers before they are looked at, and what is wrong
// with a request is a fault that names the field.

import type { FastifyRequest } from "fastify";
import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import { badName, Fault, type FaultMessage } from "../../protocol/index.js";
import { meant, type Told } from "./meant.js";

interface Parameters {
  readonly properties?: { readonly [name: string]: { readonly type?: string } };
}

/**
 * Makes numbers of the digits in a query and a path where the schema wants whole numbers; those out of bounds, too, so
 * that they are told their bounds. Other text stays what it is.
 */
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
      if (type === "integer" && typeof value === "string" && /^(?!-0)-?\d{1,100}$/.test(value))
        values[name] = Number(value);
    }
  }
}

/** The first thing that is wrong with a request, in a sentence; in `details`, what would have been accepted. */
export function inWords(errors: readonly FastifySchemaValidationError[], where: string): Fault {
  const { keyword, instancePath, params, message } = meant(errors as readonly Told[]);
  const path = `${where}${instancePath.replaceAll("/", ".")}`;
  if (path === "body.id") return badName();
  switch (keyword) {
    case "additionalProperties":
      return malformed(`${path} must have no key ${JSON.stringify(params.additionalProperty)}.`);
    case "enum":
      return accepting(`${path} must be one of`, params.allowedValues as readonly string[]);
    case "anyOf":
      return accepting(`${path} must have one of the keys`, params.keys as readonly string[]);
    case "minimum":
    case "maximum": {
      const limit = params.limit as number;
      const bound = keyword === "minimum" ? "least" : "most";
      return malformed(`${path} must be at ${bound} ${limit}.`, { [keyword]: limit });
    }
    default:
      return malformed(`${path} ${message ?? "is not valid"}.`);
  }
}

function accepting(sentence: string, names: readonly string[]): Fault {
  const accepted = names.join(", ");
  return malformed(`${sentence} ${accepted}.`, { accepted });
}

const malformed = (sentence: string, details?: FaultMessage["details"]) =>
  new Fault("message_malformed", sentence.slice(0, 500), details && { details });
