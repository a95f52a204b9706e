// Checks of what requests over HTTP bring, made from their schemas when the first request of a kind comes.
//
// Ajv writes a program for each schema. All of them together take longer than anything else in a start, and most servers
// are asked for a few kinds of things only.
//
// What always holds: nothing passes unchecked, for a check is made before it first answers; each is made once; and what is checked,
// and what is said of it, is as if all had been made at the start. That our schemas are such, tests find out.

interface Check {
  (data: unknown): unknown;
  errors?: unknown;
}

/** What of Ajv is used. */
interface Compiler {
  compile: unknown;
}

/** Lets `ajv` write each of its programs when it is first run. */
export function compileLate(ajv: Compiler): void {
  const compile = (ajv.compile as (...args: unknown[]) => Check).bind(ajv);
  ajv.compile = (...args: unknown[]): Check => {
    let made: Check | undefined;
    const check: Check = (data) => {
      made ??= compile(...args);
      const valid = made(data);
      check.errors = made.errors;
      return valid;
    };
    return check;
  };
}
