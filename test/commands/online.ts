// Commands that ask a running server, as their callers see them: with an environment and something on standard input.

import { expect } from "chai";
import { inside, type Ran } from "./inside.js";

export interface Surroundings {
  readonly server?: { readonly url: string };
  readonly token?: string;
  /** What comes by standard input. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end. */
function ran({ server, token, input = "", env }: Surroundings, ...args: readonly string[]): Promise<Ran> {
  return inside(args, {
    input,
    env: {
      ...(server === undefined ? {} : { INTERLINE_SERVER: server.url }),
      ...(token === undefined ? {} : { INTERLINE_TOKEN: token }),
      TZ: "UTC",
      ...env,
    },
  });
}

/** Runs a command that has to succeed. @returns what it printed */
export async function says(surroundings: Surroundings, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ran(surroundings, ...args);
  expect({ code, stderr }, args.join(" ")).to.deep.equal({ code: 0, stderr: "" });
  return stdout;
}

/** Runs a command that has to be refused with that code and one sentence. @returns the sentence */
export async function refuses(
  code: number,
  surroundings: Surroundings,
  ...args: readonly string[]
): Promise<string> {
  const { stderr, ...rest } = await ran(surroundings, ...args);
  expect(stderr, args.join(" ")).to.match(/^interline: [^\n]+\n$/);
  expect(rest, args.join(" ")).to.deep.equal({ code, stdout: "" });
  return stderr.slice("interline: ".length).trimEnd();
}
