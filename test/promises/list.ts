// The promises, in the order in which `docs/promises.md` shows them: what is promised, in one sentence, and the tests
// that go red when it is broken.
//
// The figures are not here: the tests give them (`figures.ts`), `npm run promises` records them in `docs/promises.json`,
// and `page.ts` makes the page of both. `test/repository/promises.test.ts` holds the three together.

export interface Promised {
  /** Names the promise in `figure(…)` and in `npm run promises -- <id>`. */
  readonly id: string;
  readonly sentence: string;
  /** Test files, or folders of them, from the root. */
  readonly tests: readonly string[];
}

export const promises: readonly Promised[] = [
  {
    id: "typed-never-lost",
    sentence:
      "Whatever wires, servers, disks and devices do, everybody ends with one document, and what was typed is in it once, among the unsent, or among the recovered edits.",
    tests: ["test/world/schedules.test.ts"],
  },
  {
    id: "saved-truthful",
    sentence:
      "“Saved” is said only when everything typed is acknowledged; it is checked after every step in the simulated world.",
    tests: ["test/world/schedules.test.ts"],
  },
  {
    id: "situations",
    sentence: "Each situation that matters came up in the simulated world, many times, or the run fails.",
    tests: ["test/world/schedules.test.ts"],
  },
  {
    id: "killed-server",
    sentence:
      "A server killed while people type has on disk what it acknowledged, nothing is applied twice, and everybody ends with the same document.",
    tests: ["test/stack/kill.test.ts", "test/storage/crash/crash.test.ts"],
  },
  {
    id: "durable",
    sentence: "An acknowledgement comes after the system has said that its op is on the disk.",
    tests: ["test/storage/crash/sync.test.ts"],
  },
  {
    id: "behind-the-head",
    sentence:
      "A server that has not seen what others wrote refuses no op for that and serves no old document; where many write to one document over several servers, all come through.",
    tests: ["test/ledger/nodes.test.ts", "test/ledger/contention.test.ts"],
  },
  {
    id: "exactly-once",
    sentence:
      "An op is committed once, however often it is sent: on another server, at another version, after pruning, deletion and restart.",
    tests: ["test/ledger/resend.test.ts"],
  },
  {
    id: "corruption",
    sentence: "A database that was damaged serves what was written or nothing, and its damage is found.",
    tests: ["test/storage/corruption.test.ts"],
  },
  {
    id: "power-cut",
    sentence:
      "A power cut that forgets all writes that were not synced takes back nothing that was acknowledged.",
    tests: ["test/world/schedules.test.ts"],
  },
  {
    id: "disk",
    sentence:
      "A disk that is full, read-only or slow loses nothing and stops nobody; writing goes on by itself when it can.",
    tests: ["test/stack/disk.test.ts"],
  },
  {
    id: "verified",
    sentence: "A store that is damaged anywhere is found out by one command.",
    tests: ["test/commands/verify.test.ts"],
  },
  {
    id: "backup",
    sentence:
      "A backup taken while people type has everything that was acknowledged before it began, and is verified before it has its name.",
    tests: ["test/commands/backup.test.ts"],
  },
  {
    id: "as-it-was",
    sentence:
      "A document is made as it was at a version or a time, by one more op, however long its history is.",
    tests: ["test/commands/restore.test.ts"],
  },
  {
    id: "carried",
    sentence:
      "A document that is carried to another store with its history is exported from there to the same byte, or nothing of it is taken.",
    tests: ["test/commands/carry.test.ts"],
  },
  {
    id: "migrate",
    sentence:
      "A whole store that moves to another database and back is there to the byte, wherever the move was broken off.",
    tests: ["test/commands/migrate.test.ts"],
  },
  {
    id: "redacted",
    sentence: "What was redacted is in no file of the store any more.",
    tests: ["test/commands/redact.test.ts"],
  },
  {
    id: "revocation",
    sentence: "A right that is taken back is gone within five seconds, also for those who are connected.",
    tests: ["test/server/revocation.test.ts"],
  },
  {
    id: "tokens",
    sentence:
      "Tokens that are forged, borrowed, ended or ambiguous let nobody in, and no token is ever logged.",
    tests: ["test/server/jwt.test.ts"],
  },
  {
    id: "shutdown",
    sentence:
      "A server stops in order within 25 seconds whatever clients, rules and disks do; cut short at any moment, it has on disk what it acknowledged.",
    tests: ["test/server/shutdown.test.ts"],
  },
  {
    id: "kept-on-device",
    sentence:
      "What a page says is kept on the device is there for the next page, wherever the first was killed, and one tab at a time has it.",
    tests: ["test/outbox/indexed.test.ts", "test/browser/offline.test.ts"],
  },
  {
    id: "hostile-vectors",
    sentence:
      "A stranger's bad message is answered with its code and changes nothing for anybody else, whatever kind it is of.",
    tests: ["test/server/hostile.test.ts", "test/server/strangers.test.ts"],
  },
  {
    id: "hostile-messages",
    sentence:
      "Mangled messages, frames, hellos and HTTP requests end no server, hold it for no tenth of a second, and cost honest people no word.",
    tests: ["test/server/mutated.test.ts"],
  },
  {
    id: "floods",
    sentence:
      "Writers that do not stop, readers that do not read and strangers that say nothing are slowed and sent away, and the others hardly notice.",
    tests: ["test/server/floods.test.ts"],
  },
  {
    id: "storm",
    sentence: "When everybody comes back at once, all are let in one after another, and nothing is lost.",
    tests: ["test/server/storm.test.ts"],
  },
  {
    id: "stock-client",
    sentence:
      "ShareDB's own client on one node and our editor on another write one plain document, lose their connections, and end with one text.",
    tests: ["test/cluster/stock.test.ts", "test/server/stock.test.ts", "test/server/stock-hostile.test.ts"],
  },
  {
    id: "news-everywhere",
    sentence:
      "What is revoked or announced on one node is known on all: at once with Redis, within five seconds without.",
    tests: ["test/cluster/news.test.ts", "test/server/news.test.ts"],
  },
  {
    id: "postgres",
    sentence:
      "In PostgreSQL, which crashes, hangs and is cut off, what was acknowledged is there, once; of many who want a version one gets it; rows that somebody changed are not served.",
    tests: [
      "test/storage/postgres-faults.test.ts",
      "test/storage/postgres-shared.test.ts",
      "test/storage/postgres-damage.test.ts",
    ],
  },
  {
    id: "cluster-chaos",
    sentence:
      "Nodes are killed, Redis restarts, freezes and is gone, PostgreSQL restarts and nodes are cut off from either: no process ends by itself, nothing acknowledged is lost or there twice, and soon after each is mended everybody has everything (measured with clients that wait a twentieth of the usual between attempts).",
    tests: ["test/cluster/chaos.test.ts"],
  },
  {
    id: "cluster-kills",
    sentence:
      "A node that dies anywhere between receiving an op and acknowledging it loses nothing that it acknowledged, and its people go on at once on the others.",
    tests: ["test/cluster/kill.test.ts"],
  },
  {
    id: "cluster-storm",
    sentence:
      "When one of two nodes dies, its people are all let in by the other one, which reads each of their documents from the database once.",
    tests: ["test/cluster/storm.test.ts"],
  },
  {
    id: "cluster-contention",
    sentence:
      "Many who write to one document on several nodes all get their turn, and each op is committed once.",
    tests: ["test/cluster/contention.test.ts"],
  },
  {
    id: "rolling-deploy",
    sentence:
      "Servers are exchanged one by one under people who type: no page shows an error, nothing is lost or there twice, and pages of this build and of the one before write together.",
    tests: ["test/cluster/drain.test.ts", "test/cluster/versions.test.ts"],
  },
  {
    id: "quiet-log",
    sentence: "The log holds nothing that people wrote, nor their names, nor their tokens.",
    tests: ["test/server/canary.test.ts"],
  },
  {
    id: "rooms-across-nodes",
    sentence:
      "What a room is told reaches everybody in it on every node, once; while Redis is dead, frozen or away, people on one node do not wait, and no process ends.",
    tests: [
      "test/cluster/redis-rooms.test.ts",
      "test/cluster/redis-faults.test.ts",
      "test/cluster/redis-servers.test.ts",
    ],
  },
  {
    id: "one-roster",
    sentence:
      "Whichever nodes people are on, everybody sees the same people in the same colours, and hears each come and go once.",
    tests: ["test/cluster/people.test.ts", "test/cluster/people-model.test.ts"],
  },
  {
    id: "behind-a-balancer",
    sentence:
      "Behind a balancer, people come through over WebSocket or, where that is blocked, by long polling; a node that stops costs nobody one failed request, and one that dies costs nobody a word.",
    tests: ["test/cluster/balancer.test.ts", "test/cluster/deploy.test.ts"],
  },
  {
    id: "laws",
    sentence: "Two concurrent ops lead to one document, in whichever order they are taken (TP1).",
    tests: ["test/ot/volume.test.ts", "test/ot/laws.test.ts"],
  },
  {
    id: "exhaustive",
    sentence:
      "The same holds for every pair of ops over documents of up to a few atoms, none left out; and so do composition and taking back.",
    tests: ["test/ot/exhaustive.test.ts", "test/ot/exhaustive-more.test.ts"],
  },
  {
    id: "api-matrix",
    sentence:
      "Every operation of the HTTP API does for each role what the table says, for a token without a role and a stranger nothing, and what is refused leaves no trace.",
    tests: ["test/api/http-matrix.test.ts"],
  },
  {
    id: "teeth",
    sentence:
      "The tests are tested: deliberate bugs in the algebra, session, outbox, gate, ledger, storage and relay are put in one by one, and every one is caught.",
    tests: ["test/teeth/teeth.test.ts"],
  },
  {
    id: "undo",
    sentence:
      "Undo takes back only one's own work: undone altogether, a document holds what the others did and nothing else.",
    tests: ["test/client/history.test.ts", "test/world/schedules.test.ts"],
  },
  {
    id: "composition-matrix",
    sentence:
      "A word that an input method composes comes out once and whole, whatever the others do meanwhile, and nothing half-made is sent.",
    tests: ["test/browser/composition.test.ts"],
  },
  {
    id: "beside",
    sentence:
      "What somebody writes with the keys beside another who writes on and on elsewhere is what they would have written alone.",
    tests: ["test/browser/beside.test.ts"],
  },
  {
    id: "presence-idle",
    sentence:
      "Other people cost one's page nothing while they rest, and no measuring while they are out of sight.",
    tests: ["test/editor/crowd.test.ts"],
  },
  {
    id: "three-engines",
    sentence:
      "Two tabs of Chromium and an embedded WebKit, written in all at once for a minute, end with one document, in each editor and at the server, and no page complains of anything.",
    tests: ["test/webkit/three.test.ts"],
  },
  {
    id: "binding-cost",
    sentence:
      "What the editor binding looks at when a key is pressed or an op comes does not grow with the document, and nothing reads all of its text.",
    tests: ["test/prosemirror/cost.test.ts"],
  },
  {
    id: "random-commands",
    sentence:
      "Whatever is done in an editor becomes an op that does the same to the document and touches no more than comparing all of it would; everybody else's editor takes it as one transaction with an exact map.",
    tests: ["test/prosemirror/random-commands.test.ts"],
  },
  {
    id: "large-document",
    sentence:
      "Two megabytes of Markdown stay one document under thousands of editor commands on a wire that loses a tenth of everything.",
    tests: ["test/stack/large-document.test.ts"],
  },
  {
    id: "who-wrote-it",
    sentence:
      "Who wrote each character is known for every version, and stays so when text is deleted and comes back; a hundred thousand ops are folded once.",
    tests: ["test/history/authors.test.ts", "test/history/long.test.ts"],
  },
  {
    id: "api-random",
    sentence:
      "Whatever is sent to the HTTP API, the answer is one that its OpenAPI document names, and whoever is writing notices nothing.",
    tests: ["test/api/random.test.ts"],
  },
  {
    id: "api-edits",
    sentence: "A program that edits a long document at a hundred places lets others go first in between.",
    tests: ["test/documents/sheet.test.ts"],
  },
];
