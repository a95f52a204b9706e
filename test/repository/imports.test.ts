// Holds the folder picture of the README to its word: who may import whom, and which outside library is named where.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Folder → the other folders its files may import. */
const mayImport: Record<string, readonly string[]> = {
  ot: [],
  protocol: [],
  client: ["ot", "protocol"],
  server: ["ot", "protocol"],
  demo: ["client", "ot", "protocol"],
  test: ["ot", "protocol", "client", "server", "demo", "bench"],
  bench: ["ot", "protocol", "client", "server", "demo", "test"],
};

/** Files that may import more: what a document is in other forms is written once, and the command line calls everybody. */
const mayBesides: Record<string, readonly string[]> = {
  "demo/inspector/": ["test/fuzz/trace.js", "test/fuzz/steps.js"],
  "server/formats/": ["client/prosemirror/"],
  "client/commands/": ["server/commands/", "server/startup.js"],
  "server/command-line.ts": ["client/commands/", "test/fuzz/", "test/load/"],
};

/** Folder → the outside packages its files may name (a prefix ends in `*`). The first that fits counts. */
const mayUse: Record<string, readonly string[]> = {
  ot: [],
  protocol: [],
  "client/commands": ["node:*"],
  client: ["socket.io-client", "prosemirror-*", "markdown-it", "idb", "@codemirror/*", "eventsource-parser"],
  server: [
    "node:*",
    "sharedb",
    "better-sqlite3",
    "socket.io",
    "fastify",
    "@fastify/*",
    "jose",
    "prom-client",
    "pino",
    "pg",
    "redis",
    "@socket.io/redis-adapter",
    "ws",
    "typebox",
    "linkedom",
    "piscina",
    "undici",
    "@opentelemetry/api",
  ],
  demo: ["prosemirror-*", "@codemirror/*"],
};

/** Packages that only one place may name, so that they could be exchanged there. */
const onlyIn: Record<string, string> = {
  sharedb: "server/ledger/ server/storage/",
  "better-sqlite3": "server/storage/",
  pg: "server/storage/postgres/",
  redis: "server/cluster/",
  "@socket.io/redis-adapter": "server/cluster/",
  ws: "server/stock/ server/sockets-frame",
  "socket.io": "server/sockets server/cluster/",
  "socket.io-client": "client/socketio",
  fastify: "server/http server/api/",
  idb: "client/outbox/",
  "eventsource-parser": "client/api/events",
  jose: "server/auth",
  "prom-client": "server/metrics",
  typebox: "server/api/",
  linkedom: "server/formats/",
  piscina: "server/documents/forming/",
  undici: "server/webhooks/",
  "@opentelemetry/api": "server/tracing",
  "puppeteer-core": "test/firefox/firefox",
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return (
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.ts$/.test(name) && !/\.d\.ts$|\bnode_modules\b/.test(name))
      .map((name) => join(folder, name))
      // Apps copy the host kits, which know this package by its name only; test/hosts checks them.
      .filter((name) => !name.startsWith(join("demo", "hosts")))
  );
}

function imports(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\(\s*)"([^"\n]+)"/g);
  return [...found].map((match) => ({ file, target: match[1]! }));
}

const matches = (pattern: string, name: string) =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

const packageOf = (target: string) =>
  target.startsWith("node:") ? target : target.split("/", target.startsWith("@") ? 2 : 1).join("/");

describe("the folders", () => {
  const all = Object.keys(mayImport).flatMap((folder) => sources(folder).flatMap(imports));

  it("are all read by this test", () => {
    expect(all.length).to.be.greaterThan(50);
  });

  it("import only downwards in the picture", () => {
    const wrong = all.filter(({ file, target }) => {
      if (!target.startsWith(".")) return false;
      const from = file.split("/")[0]!;
      const path = relative(root, normalize(join(root, dirname(file), target)));
      const to = path.split("/")[0]!;
      const besides = Object.entries(mayBesides).find(([place]) => file.startsWith(place))?.[1] ?? [];
      return (
        from !== to && !mayImport[from]!.includes(to) && !besides.some((place) => path.startsWith(place))
      );
    });
    expect(wrong).to.deep.equal([]);
  });

  it("name only the outside packages that belong to them", () => {
    const wrong = all.filter(({ file, target }) => {
      const allowed = Object.entries(mayUse).find(([folder]) => file.startsWith(`${folder}/`))?.[1];
      if (target.startsWith(".") || allowed === undefined) return false;
      return !allowed.some((pattern) => matches(pattern, packageOf(target)));
    });
    expect(wrong).to.deep.equal([]);
  });

  it("keep each library behind one door", () => {
    const wrong = all.filter(({ file, target }) => {
      const doors = onlyIn[packageOf(target)];
      // Tests and benchmarks go in by any, but for those that are among them.
      if (doors === undefined || (/^(test|bench)\//.test(file) && !doors.startsWith("test/"))) return false;
      return !doors.split(" ").some((door) => file.startsWith(door));
    });
    expect(wrong).to.deep.equal([]);
  });

  it("keep ot/ and protocol/ free of clocks, chance, Node and the DOM", () => {
    const impure = /\b(Date\.now|Math\.random|setTimeout|setInterval|process\.|document\.|window\.)/;
    const wrong = [...sources("ot"), ...sources("protocol")].filter((file) => {
      if (file === "protocol/clock.ts") return false;
      const code = readFileSync(join(root, file), "utf8").replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
      return impure.test(code);
    });
    expect(wrong).to.deep.equal([]);
  });
});
