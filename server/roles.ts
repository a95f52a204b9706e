// The roles, and what each may do. Whatever decides on rights, a token's claims or an integrator's rule, can speak in roles;
// what is asked everywhere is whether an action is allowed (`Identity.may`).

import type { Role } from "../protocol/index.js";
import type { Action, Identity } from "./ports.js";

const viewer = ["read"] as const;
const commenter = [...viewer, "comment"] as const;
const editor = [...commenter, "write", "create"] as const;
const owner = [...editor, "delete", "manage"] as const;

/** Each may do what the one before may, and more. */
export const allowed = { viewer, commenter, editor, owner } satisfies Record<Role, readonly Action[]>;

export const isRole = (value: unknown): value is Role =>
  typeof value === "string" && Object.hasOwn(allowed, value);

export const roleMay = (role: Role, action: Action): boolean =>
  (allowed[role] as readonly Action[]).includes(action);

/** What somebody is to a document, from what they may do to it; undefined: nothing, for they may not read it. */
export async function roleOf({ may }: Pick<Identity, "may">, doc: string): Promise<Role | undefined> {
  const [readable, writable] = await Promise.all([may("read", doc), may("write", doc)]);
  if (!readable) return undefined;
  if (!writable) return (await may("comment", doc)) ? "commenter" : "viewer";
  const owns = await Promise.all([may("delete", doc), may("manage", doc)]);
  return owns.every(Boolean) ? "owner" : "editor";
}
