// Role × action: everything in `actions.ts`, as everybody, whoever gives the role. Each operation of the HTTP API is for
// `http-matrix.test.ts`; both go by the one table of `needs.ts`.

import { expect } from "chai";
import type { Role } from "../../protocol/index.js";
import type { ServerOptions } from "../../server/index.js";
import { roleMay } from "../../server/roles.js";
import { cleanUp } from "../server/harness.js";
import { actions } from "./actions.js";
import { answeredTo, type Outcome, type Person, people } from "./needs.js";
import { jwt, stageFor } from "./stage.js";

describe("role × action", () => {
  afterEach(cleanUp);

  const mayAs = (person: Person, action: Parameters<typeof roleMay>[1]) =>
    person !== "nobody" && roleMay(person, action);

  for (const person of people) {
    const role: Role | false = person !== "nobody" && person;
    const ways: readonly (readonly [string, ServerOptions, object])[] = [
      ["a token's roles", jwt, { roles: role ? { "*": role } : { other: "owner" } }],
      [
        "the rule authorize, asked for a role",
        { ...jwt, authorize: ({ id }) => (id === "ann" ? role : "owner") },
        { access: "own" },
      ],
      // Booleans make no commenters: what a rule says of comments counts where it lets people write.
      ...(person === "commenter"
        ? []
        : [
            [
              "the rule authorize, asked action by action",
              { ...jwt, authorize: ({ id }, action) => id !== "ann" || mayAs(person, action) },
              { access: "own" },
            ] as const satisfies readonly [string, ServerOptions, object],
          ]),
    ];
    for (const [way, options, claims] of ways) {
      it(`holds for a ${person}, given by ${way}`, async () => {
        const stage = await stageFor(options, claims);
        const outcomes: Record<string, Outcome> = {};
        for (const [name, { attempt }] of Object.entries(actions)) outcomes[name] = await attempt(stage);
        const expected = Object.entries(actions).map(([name, { needs }]) => [
          name,
          answeredTo(person, needs),
        ]);
        expect(outcomes).to.deep.equal(Object.fromEntries(expected));
      });
    }
  }

  it("leaves no trace of what was refused", async () => {
    const stage = await stageFor(jwt, { roles: { "*": "viewer" } });
    const before = (await stage.server.documents.read("note"))!;
    const lists = async () => (await stage.server.documents.list({ limit: 100 })).documents.length;
    const count = await lists();
    const changing = Object.values(actions).filter(({ needs }) => needs !== "read");
    await stage.socket.request("open", { doc: "note", type: "rich", create: false });
    for (const { attempt } of changing) expect(await attempt(stage)).not.to.equal("ok");
    const after = (await stage.server.documents.read("note"))!;
    expect([after.version, after.text]).to.deep.equal([before.version, before.text]);
    expect(await lists()).to.equal(count);
  });
});
