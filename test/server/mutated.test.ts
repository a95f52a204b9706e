// A hundred thousand mangled messages (requests, notices, hellos, frames, HTTP) against a real server on SQLite, in a
// process of its own, while two honest people type. What fails is made smaller by fast-check, which prints the seed, and
// is kept in `test/corpus/server/found/`; what is there is sent first.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import { type Client, connect, type SharedDocument } from "../../client/index.js";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import { random } from "../stack/draws.js";
import { notOnce, Typist } from "../stack/typist.js";
import { type Attackers, attackersOf } from "./attackers.js";
import { cleanUp, until } from "./harness.js";
import { type Item, item } from "./mutations.js";
import { startWatched, type Watched } from "./watched.js";

const MESSAGES = 100_000;
const LAG_MS = 100;
/** Of 48 messages each, more or less: so many that they are enough, whatever is drawn. */
const RUNS = Math.ceil(MESSAGES / 45);
const found = fileURLToPath(new URL("../../../test/corpus/server/found/", import.meta.url));

/** What mangled messages are answered with, among others. */
const outcomes = [
  ...[
    "ok",
    "message_malformed",
    "op_malformed",
    "op_out_of_bounds",
    "op_too_complex",
    "bad_unicode",
    "bad_url",
  ],
  ...["bad_name", "readonly", "version_ahead", "epoch_changed", "client_unknown", "forbidden"],
];

/** No rate holds the attackers up: each message is to get as far as it can. */
const limits = Object.fromEntries(
  [
    ...[
      "opsPerSecond",
      "opsBurst",
      "requestsPerSecond",
      "requestsBurst",
      "malformedPerMinute",
      "refusedPerMinute",
    ],
    ...[
      "messagesPerSecond",
      "messagesBurst",
      "bytesPerSecond",
      "bytesBurst",
      "userOpsPerSecond",
      "userOpsBurst",
    ],
    ...[
      "userRequestsPerSecond",
      "userRequestsBurst",
      "documentOpsPerSecond",
      "documentOpsBurst",
      "createdPerHour",
    ],
    ...["addressConnectsPerSecond", "addressConnectsBurst", "addressOpsPerSecond", "addressOpsBurst"],
    ...["addressHttpPerSecond", "addressHttpBurst", "httpPerSecond", "httpBurst", "connectionsPerAddress"],
  ].map((name) => [name, 1e9]),
);

describe(`a hundred thousand mangled messages (SEED=${seed})`, function () {
  this.timeout(900_000); // A minute on an idle machine; there may be others on it.
  let server: Watched;
  let attackers: Attackers;
  let people: {
    readonly client: Client;
    readonly docs: readonly SharedDocument[];
    readonly typist: Typist;
  }[];
  let sent = 0;
  /** Times that the loop was late for want of a processor. */
  let othersLate = 0;
  /** Times that it was late otherwise, and no message was to blame. */
  let stalls = 0;
  let longest = 0;

  before(async () => {
    server = await startWatched({ limits });
    attackers = attackersOf(server.port);
    people = ["Honest Ann", "Honest Bo"].map((name, at) => {
      const client = connect(server.url, { name });
      const docs = [
        client.open("honest", { type: "rich" }),
        client.open("plain", { type: "plain" }),
        client.open("rich", { type: "rich" }),
      ];
      return { client, docs, typist: new Typist(docs[0]!, at, random(seed + at)) };
    });
    await Promise.all(people.flatMap(({ docs }) => docs.map((doc) => doc.ready)));
  });

  after(async () => {
    attackers.close();
    for (const { client } of people) client.close();
    await cleanUp();
  });

  /**
   * Sends them all. @returns the longest delay of the server's loop meanwhile, as far as it can be its own: it is not longer
   * than all the time together that the loop was at work, and not waiting for a processor
   */
  async function lagOf(items: readonly Item[]): Promise<number> {
    await attackers.attack(items);
    const { lagMs, ownMs } = await server.health();
    if (lagMs > LAG_MS && ownMs <= LAG_MS) othersLate++;
    return Math.min(lagMs, ownMs);
  }

  /** Sends them all, while each of the people types; a delay of the loop must be nobody's in particular. */
  async function survive(items: readonly Item[]): Promise<void> {
    for (const { typist } of people) typist.type();
    sent += items.length;
    const lagMs = await lagOf(items);
    if (lagMs <= LAG_MS) return;
    // Many may have been at work one after the other: whoever was to blame holds the loop again, and again.
    if ((await lagOf(items)) > LAG_MS) {
      for (const one of items) {
        let least = Number.POSITIVE_INFINITY;
        for (let time = 0; time < 5 && least > LAG_MS; time++) least = Math.min(least, await lagOf([one]));
        if (least > LAG_MS)
          throw new Error(`${least} ms for one message: ${JSON.stringify(one).slice(0, 500)}`);
      }
    }
    stalls++;
    longest = Math.max(longest, lagMs);
  }

  it("are survived, those that were found before first", async () => {
    for (const name of existsSync(found) ? readdirSync(found) : [])
      await survive(JSON.parse(readFileSync(join(found, name), "utf8")) as Item[]);

    const property = fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 100, size: "max" }), survive);
    const run = await fc.check(property, {
      numRuns: RUNS,
      seed,
      endOnFailure: false,
    });
    if (run.failed) {
      mkdirSync(found, { recursive: true });
      const kept = join(found, `seed-${seed}.json`);
      writeFileSync(kept, `${JSON.stringify(run.counterexample?.[0], undefined, 2)}\n`);
      throw new Error(
        `${run.errorInstance}\nSEED=${seed}, path ${run.counterexamplePath}; kept in ${kept}\n${server.log.slice(-2000)}`,
      );
    }
    expect(sent).to.be.at.least(MESSAGES);
    // They came as far as the ledger, and were refused in every way that one message can be.
    for (const outcome of outcomes) expect(attackers.outcomes.get(outcome) ?? 0, outcome).to.be.at.least(3);
    expect(server.ended).to.equal(undefined);
  });

  it("left honest people with one document, in which everything they typed stands once", async () => {
    await Promise.all(people.map(({ docs }) => docs[0]!.settled()));
    for (const [at, id] of ["honest", "plain", "rich"].entries()) {
      const kept = async () => {
        const answer = await fetch(`${server.url}/v1/documents/${id}`);
        return (await answer.json()) as { version: number; snapshot: unknown };
      };
      await until(`everybody has the head of ${id}`, async () => {
        const { version } = await kept();
        return people.every(({ docs }) => docs[at]!.version === version);
      });
      const { snapshot } = await kept();
      for (const { docs } of people) {
        expect(docs[at]!.snapshot.toJSON(), id).to.deep.equal(snapshot);
        expect(docs[at]!.recovered, id).to.deep.equal([]);
      }
    }
    const typists = people.map(({ typist }) => typist);
    expect(notOnce(people[0]!.docs[0]!.text, typists)).to.deep.equal([]);
    const typed = typists.reduce((sum, { typed }) => sum + typed.length, 0);
    expect(typed).to.be.at.least(2 * RUNS);
    // Whatever strangers did, the server had nothing of its own to complain about.
    const complaints = server.log.split("\n").filter((line) => line.includes('"level":50'));
    expect(complaints.slice(0, 3)).to.deep.equal([]);
    figure("hostile-messages", "mangled messages survived", sent);
    figure("hostile-messages", "edits of honest people meanwhile, none lost and none twice", typed);
    figure("hostile-messages", "messages that held the event loop for 100 ms, each tried alone", 0);
    process.stdout.write(
      `    ${sent} messages, ${attackers.lost} connections ended, ${stalls} delays that nobody caused (longest ${Math.round(longest)} ms), ${othersLate} for want of a processor\n`,
    );
  });
});
