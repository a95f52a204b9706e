// What all commands have in common: they say what they take, and what is wrong with what they were given.

import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { cleanUp } from "../server/harness.js";
import { programs, refused, succeeds } from "./support.js";

const options: Readonly<Record<string, readonly string[]>> = {
  verify: ["--deep", "--doc"],
  backup: ["--to", "--deep"],
  restore: ["--from", "--to", "--doc"],
  export: ["--out"],
  import: ["--as"],
  renew: ["--before"],
  redact: ["--reason", "--from", "--to", "--all-before", "--user", "--erase"],
};

describe("every command", () => {
  afterEach(cleanUp);

  it("says with --help what it takes", async () => {
    const overview = await programs.succeeds("--help");
    for (const [command, own] of Object.entries(options)) {
      expect(overview).to.include(`\n  ${command} `);
      const help = await succeeds(command, "--help");
      for (const option of [...own, "--data", "--database", "--json", "--help"])
        expect(help, command).to.include(option);
    }
  });

  it("offers a PostgreSQL address where it takes one, and nowhere else", async () => {
    for (const command of Object.keys(options)) {
      const help = await succeeds(command, "--help");
      expect(help.includes("postgres://"), command).to.equal(command !== "backup");
    }
    const sentence = await refused(
      exitCodes.bad_option,
      "backup",
      "--to",
      "b",
      "--database",
      "postgres://h/n",
    );
    expect(sentence).to.include("pg_dump");
  });

  it("says in a sentence which option it does not know", async () => {
    for (const command of Object.keys(options)) {
      const sentence = await refused(exitCodes.bad_option, command, "--surprise");
      expect(sentence).to.equal("Unknown option '--surprise'; --help lists the options.");
    }
    await programs.refused(exitCodes.bad_option, "verify", "--surprise");
  });
});
