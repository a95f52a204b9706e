// Which member of a union a request was meant to be. Ajv says of each member why it is not that one; what helps is what
// is wrong with the one that its author had in mind.
//
//     {"do": "insert", "place": {"at": "middle"}, …}   ── `do` ──▶ insert ── `at` ──▶ {"at": "start" | "end"}
//
// A member is known by a constant that all of them have under one key, then by the keys that only it demands. Ajv stops at
// the first mistake, so its last error is the outermost, and the errors of members stand before that of their union.

import type { FastifySchemaValidationError } from "fastify/types/schema.js";

/** An error of ajv as it is told with `verbose`. */
export interface Told extends FastifySchemaValidationError {
  readonly schema: unknown;
  readonly data: unknown;
}

interface Member {
  readonly type: string;
  readonly const?: unknown;
  readonly properties?: { readonly [key: string]: Member };
  readonly required?: readonly string[];
}

/** What is wrong with what was meant. Of a union of which nothing is given that tells its members apart: `anyOf`, with those `keys`. */
export function meant(errors: readonly Told[]): Told {
  const union = errors.at(-1)!;
  if (union.keyword !== "anyOf") return union;
  const members = union.schema as readonly Member[];
  if (members.every(isConstant)) return noneOf(members, union);
  if (!members.every(({ type }) => type === "object") || !isObject(union.data)) {
    const types = [...new Set(members.map(({ type }) => type))];
    return { ...union, keyword: "type", message: `must be ${types.join(" or ")}` };
  }
  const given = union.data;
  const tag = Object.keys(members[0]?.properties ?? {}).find((key) =>
    members.every(({ properties }) => isConstant(properties?.[key])),
  );
  const tagged =
    tag === undefined ? members : members.filter(({ properties }) => properties?.[tag]?.const === given[tag]);
  if (tag !== undefined && tagged.length === 0)
    return noneOf(
      members.map(({ properties }) => properties![tag]!),
      { ...union, instancePath: `${union.instancePath}/${tag}` },
    );
  const keys = tellingApart(tagged);
  const named = tagged.find(({ required = [] }) =>
    required.some((key) => keys.includes(key) && Object.hasOwn(given, key)),
  );
  if (named === undefined && keys.length > 0) return { ...union, params: { keys } };
  const at = `${union.schemaPath}/${members.indexOf(named ?? tagged[0]!)}/`;
  return meant(errors.filter(({ schemaPath }) => schemaPath.startsWith(at)));
}

const isConstant = (member: Member | undefined) => member !== undefined && "const" in member;
const isObject = (data: unknown): data is { readonly [key: string]: unknown } =>
  typeof data === "object" && data !== null && !Array.isArray(data);

/** As ajv tells it of an enum. */
const noneOf = (constants: readonly Member[], error: Told): Told => ({
  ...error,
  keyword: "enum",
  params: { allowedValues: [...new Set(constants.map((member) => member.const))] },
});

/** The keys that some members demand and others do not. */
function tellingApart(members: readonly Member[]): readonly string[] {
  const demanded = members.map(({ required = [] }) => required);
  return [...new Set(demanded.flat())].filter((key) => !demanded.every((keys) => keys.includes(key)));
}
