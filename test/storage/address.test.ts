// Addresses of databases that cannot be opened, in one sentence each.

import { expect } from "chai";
import { openStorage } from "../../server/storage/index.js";
import { readAddress } from "../../server/storage/postgres/address.js";
import { failure } from "./documents.js";
import { manualClock, quietLog } from "./support.js";

describe("a database address", () => {
  for (const [address, message] of [
    [
      "postgres://ann:s3cret@localhost:port/interline",
      "The database's address cannot be read; it must be like postgres://USER:PASSWORD@HOST:5432/NAME.",
    ],
    [
      "postgresql://localhost/interline?pool=none",
      "The pool of the database's address must be a number from 1 to 500.",
    ],
    [
      "postgres://ann:s3cret@localhost/il?bla=1&sslmod=verify-full",
      "The database's address has ?bla and ?sslmod, which are not known. It may have ?pool, ?sslmode, ?sslrootcert, ?sslcert, ?sslkey, ?sslnegotiation, ?ssl, ?uselibpqcompat, ?host, ?port, ?user, ?password, ?application_name, ?options, ?connect_timeout and ?channel_binding.",
    ],
    [
      "postgres://ann:s3cret@localhost/il?sslmode=verify-ful",
      "The database's address has a ?sslmode that means nothing: it is one of disable, no-verify, prefer, require, verify-ca, verify-full.",
    ],
    [
      "postgres://ann:s3cret@localhost/il?sslmode=require&channel_binding=require",
      "The database's address has ?channel_binding=require, which cannot be kept. Leave it out; with ?sslmode=verify-full nobody in between is taken for the database.",
    ],
    [
      "postgres://ann:s3cret@localhost/il?sslmode=verify-full&sslmode=disable",
      "The database's address has ?sslmode more than once.",
    ],
    [
      "postgres://ann:s3cret@localhost/il#?sslmode=verify-full",
      "The database's address has a # in it, which ends it. In a user, password or name, # is %23.",
    ],
    [
      "postgres://ann:s3cret@localhost/il?sslrootcert=",
      "The database's address has a ?sslrootcert that means nothing.",
    ],
    [
      "./data/interline.db",
      "The database must be given as sqlite:PATH, postgres://… or memory:. For the file ./data/interline.db, that is sqlite:./data/interline.db.",
    ],
    [
      "postgress://ann:s3cret@localhost/a",
      "The database must be given as sqlite:PATH, postgres://… or memory:. What was given begins with postgress://.",
    ],
    ["sqlite:", "The database must be given as sqlite:PATH, postgres://… or memory:."],
  ] as const) {
    it(`that cannot be used is refused: ${address}`, async () => {
      const error = await failure(openStorage(address, { types: [], clock: manualClock(), log: quietLog }));
      expect(error).to.include({ name: "StorageError", code: "unsupported", message });
    });
  }
});

it("the address of a PostgreSQL database says how long a connection is waited for at most, and may leave binding open", () => {
  const waits = (query: string) => readAddress(`postgres://ann@localhost/il${query}`).connectMs;
  expect(waits("?connect_timeout=2&channel_binding=prefer")).to.equal(2000);
  for (const query of ["", "?connect_timeout=0", "?channel_binding=disable"])
    expect(waits(query)).to.equal(Number.POSITIVE_INFINITY);
});
