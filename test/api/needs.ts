// What each role is answered, by what is needed: the one table, for every way in which somebody can try something.

/** `ok`, or the code with which it is refused. */
export type Outcome = string;

/** Those who try, in the order of the columns. */
export const people = ["nobody", "viewer", "commenter", "editor", "owner"] as const;
export type Person = (typeof people)[number];

const none = "forbidden";
export const ok = "ok";

/** What comes of it for nobody, a viewer, a commenter, an editor, an owner. */
export const needing = {
  read: [none, ok, ok, ok, ok],
  comment: [none, "readonly", ok, ok, ok],
  write: [none, "readonly", "comment_only", ok, ok],
  create: [none, none, none, ok, ok],
  delete: [none, "readonly", "readonly", "readonly", ok],
  manage: [none, none, none, none, ok],
  nothing: [ok, ok, ok, ok, ok],
  impossible: [none, none, none, none, none],
} as const satisfies { readonly [need: string]: readonly Outcome[] };

export type Need = keyof typeof needing;

export const answeredTo = (person: Person, need: Need): Outcome => needing[need][people.indexOf(person)]!;
