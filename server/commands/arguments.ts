// Reads a command's arguments; what is wrong with them is one sentence.

import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "../nearest.js";
import { StartupError } from "../startup.js";

type OptionsOf = NonNullable<ParseArgsConfig["options"]>;
type Config<Options extends OptionsOf> = { args: string[]; allowPositionals: true; options: Options };
export type Parsed<Options extends OptionsOf> = ReturnType<typeof parseArgs<Config<Options>>>;

/** What the options of a command are read as. */
export type ParsedOptions<Options extends OptionsOf> = Parsed<Options>["values"];

/** @param lists  options that are lists, which may be empty. @throws StartupError `bad_option` */
export function parse<const Options extends OptionsOf>(
  args: readonly string[],
  options: Options,
  lists: readonly (keyof Options)[] = [],
): Parsed<Options> {
  const parsed = attempted(args, options);
  // As where a variable of a shell stood that is not set: it would be another folder, or every address of this machine.
  const empty = Object.entries(parsed.values).find(
    ([name, value]) => [value].flat().includes("") && !lists.includes(name),
  );
  if (empty !== undefined) throw new StartupError("bad_option", `--${empty[0]} is given nothing.`);
  return parsed;
}

function attempted<const Options extends OptionsOf>(
  args: readonly string[],
  options: Options,
): Parsed<Options> {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    const said =
      error instanceof Error ? error.message.split(/\.?\s+(?:To specify|Did you)/)[0]! : "An option is wrong";
    const unknown = /^Unknown option '--([^']+)'/.exec(said)?.[1];
    const meant = unknown === undefined ? undefined : nearest(unknown, Object.keys(options));
    const perhaps = meant === undefined ? "" : `, but there is --${meant}`;
    throw new StartupError("bad_option", `${said}${perhaps}; --help lists the options.`);
  }
}

/** @throws StartupError `bad_option` */
export function choice<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const chosen = choices.find((one) => one === value);
  if (chosen !== undefined) return chosen;
  throw new StartupError("bad_option", `--${name} must be ${choices.join(" or ")}, not ${value}.`);
}
