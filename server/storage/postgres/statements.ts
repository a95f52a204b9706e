// What is read of documents, as SQL: a document's row, and with it other rows of it as they were at the same moment, because
// all of them come with one statement. Each row says by its `kind` what it is, and has the columns of that kind.
//
// Every statement finds its rows by an index; none costs more because a table is large.

import type { DocumentRow } from "../columns.js";
import type { Named, OpRow, Receipt } from "../op-log.js";
import type { StoredPage } from "../paging.js";
import type { Statement } from "./connections.js";

type Digested<Row> = Row & { readonly digest: Uint8Array };

/** `beyond`: it has ops beyond its head, and so its row is not what was written last. */
export type StoredDocument = DocumentRow & { readonly beyond: boolean };
/** A document that is listed, or nothing in its place where none is found; `last_…`: what was looked at last, if there may be more. */
export type StoredListed = (StoredDocument | { readonly key: null }) & {
  readonly last_time: number | null;
  readonly last_key: number | null;
};
/** `found`: how many ops of what was asked for there are, of which the first are read. */
export type StoredOp = Digested<OpRow> & { readonly found: number };
export type StoredSnapshot = Digested<Pick<DocumentRow, "version" | "type" | "chain">> & {
  readonly body: string | null;
};
export type StoredReceipt = Digested<Named & Receipt>;

export type Row =
  | ({ readonly kind: "document" } & StoredDocument)
  | ({ readonly kind: "op" } & StoredOp)
  | ({ readonly kind: "snapshot" } & StoredSnapshot)
  | ({ readonly kind: "receipt" } & StoredReceipt)
  | ({ readonly kind: "page" } & Omit<StoredPage, "ops"> & { readonly bytes: Uint8Array })
  /** The chain at a version, and nothing else of the op that made it. */
  | { readonly kind: "chain"; readonly version: number; readonly chain: string };

/** Every column that a row of some kind has, in the order in which all kinds select them. */
const columns = {
  ...{ key: "bigint", collection: "text", id: "text", type: "text", version: "bigint", pruned: "bigint" },
  ...{ title: "text", folded: "text", created_at: "bigint", updated_at: "bigint", meta: "text" },
  ...{ digest: "bytea", epoch: "text", chain: "text", pruned_chain: "text", owner: "text" },
  ...{ beyond: "boolean" },
  ...{ found: "bigint", src: "text", seq: "bigint", body: "text", hash: "bytea" },
  ...{ first: "bigint", base: "text", bytes: "bytea" },
};

const DOCUMENT = `key, collection, id, type, version, pruned, title, folded, created_at, updated_at, meta, digest,
  epoch, chain, pruned_chain, owner`;
const BEYOND = `EXISTS (SELECT FROM interline.ops o WHERE o.document = d.key AND o.version > d.version)
  OR EXISTS (SELECT FROM interline.pages p WHERE p.document = d.key AND p.version > d.version) AS beyond`;

/** The columns that each kind has; the others are null in it. */
const kinds: { readonly [Kind in Row["kind"]]: readonly (keyof typeof columns)[] } = {
  document: [
    ...(["key", "collection", "id", "type", "version", "pruned", "title", "folded", "created_at"] as const),
    ...(["updated_at", "meta", "digest", "epoch", "chain", "pruned_chain", "owner", "beyond"] as const),
  ],
  op: ["version", "src", "seq", "body", "meta", "chain", "digest", "found"],
  snapshot: ["version", "type", "body", "chain", "digest"],
  receipt: ["version", "src", "seq", "hash", "digest"],
  page: ["version", "first", "base", "chain", "bytes", "digest"],
  chain: ["version", "chain"],
};

/** Rows of one kind, as a part of a union. */
function select(kind: Row["kind"], from: string): string {
  const has: readonly string[] = kinds[kind];
  const each = Object.entries(columns).map(([name, type]) =>
    has.includes(name) ? name : `NULL::${type} AS ${name}`,
  );
  return `SELECT '${kind}' AS kind, ${each.join(", ")} FROM ${from}`;
}

/** The document ($1, $2), as `this`, and what `parts` select of it. */
function about(name: string, parts: readonly string[], and = ""): Statement {
  return {
    name,
    text: `
      WITH this AS MATERIALIZED (
        SELECT ${DOCUMENT}, ${BEYOND} FROM interline.documents d WHERE d.collection = $1 AND d.id = $2
      )${and}
      ${[select("document", "this"), ...parts].join(" UNION ALL ")}`,
  };
}

const NEWEST = `(
  SELECT version, type, data AS body, chain, digest FROM interline.snapshots
  WHERE document = this.key ORDER BY version DESC LIMIT 1)`;

/** The chains at `versions`: of ops that are there, and of the last ops of pages. */
const chainsAt = (versions: string) =>
  select(
    "chain",
    `(SELECT o.version, o.chain FROM this JOIN interline.ops o ON o.document = this.key AND ${versions}
      UNION ALL
      SELECT o.version, o.chain FROM this JOIN interline.pages o ON o.document = this.key AND ${versions}) c`,
  );

/** The page with the op after version `from`, or else the next one, unless it begins after `to`. */
const pageAfter = (from: string, to: string) => `(
  SELECT p.* FROM this CROSS JOIN LATERAL (
    SELECT version, first, base, chain, ops AS bytes, digest FROM interline.pages
    WHERE document = this.key AND version > ${from} ORDER BY version LIMIT 1
  ) p WHERE p.first <= ${to}
)`;

/** Ops that come after `from` and not after `to`, oldest first: as many as `limit`, of which those are read that fit. */
const span = (from: string, to: string, limit: string, and = "") => `,
  span AS MATERIALIZED (
    SELECT version, src, seq, body, meta, chain, digest, count(*) OVER () AS found,
      sum(octet_length(body)) OVER (ORDER BY version) - octet_length(body) AS before
    FROM (
      SELECT o.* FROM this JOIN interline.ops o ON o.document = this.key AND o.version > ${from} AND o.version <= ${to}${and}
      ORDER BY o.version LIMIT ${limit}
    ) first
  )`;

/**
 * Of the documents after the place ($2, $3), of which $6 are looked at, those whose titles have $4, at most $5; with the
 * last that was looked at, also where none is found.
 */
const listing = (and: string) => `
  WITH looked AS MATERIALIZED (
    SELECT key, updated_at, folded FROM interline.documents
    WHERE collection = $1 AND type IS NOT NULL ${and} AND (updated_at, key) < ($2::bigint, $3::bigint)
    ORDER BY updated_at DESC, key DESC LIMIT $6::bigint
  ), found AS MATERIALIZED (
    SELECT key FROM looked WHERE $4 = '' OR strpos(folded, $4) > 0 ORDER BY updated_at DESC, key DESC LIMIT $5::bigint
  ), last AS (
    SELECT updated_at AS last_time, key AS last_key FROM looked
    WHERE (SELECT count(*) FROM looked) = $6::bigint ORDER BY updated_at, key LIMIT 1
  )
  SELECT last_time, last_key, listed.* FROM (SELECT 1) one LEFT JOIN last ON true LEFT JOIN (
    SELECT ${DOCUMENT}, ${BEYOND} FROM interline.documents d WHERE d.key = ANY (ARRAY(SELECT key FROM found))
  ) listed ON true ORDER BY updated_at DESC, key DESC`;

/** Kept are the two newest snapshots, and of the older ones the last in each so many versions, to read history from. */
export const MILESTONE_VERSIONS = 1000;

export const statements = {
  document: about("document", []),

  /** With the newest snapshot, and the ops after it. */
  load: about(
    "load",
    [
      select("snapshot", "newest"),
      select(
        "op",
        `(SELECT o.*, NULL::bigint AS found FROM this JOIN interline.ops o ON o.document = this.key
           AND o.version > coalesce((SELECT version FROM newest), this.pruned) AND o.version <= this.version) o`,
      ),
    ],
    `, newest AS MATERIALIZED (SELECT newest.* FROM this CROSS JOIN LATERAL ${NEWEST} newest)`,
  ),

  /**
   * With the page with the op after $3, or with the one at $3, if there is one. If not, with the ops after $3 and up to $4, $6 of
   * them, as far as those before each have no more than $5 bytes.
   */
  history: about(
    "history",
    [
      chainsAt("o.version = $3::bigint"),
      select("page", "page"),
      select("op", "span WHERE before <= $5::bigint"),
    ],
    `, page AS MATERIALIZED (SELECT * FROM ${pageAfter("$3::bigint", "greatest($3::bigint, $4::bigint)")} p)${span(
      ...(["$3::bigint", "$4::bigint", "$6::bigint", " AND NOT EXISTS (SELECT FROM page)"] as const),
    )}`,
  ),

  /**
   * What a commit may meet: with what stands for the names ($3, $4), the chains at the versions $5, and the ops after $6,
   * $8 of them, as far as those before each have no more than $7 bytes.
   */
  met: about(
    "met",
    [
      select(
        "receipt",
        `(SELECT s.* FROM this CROSS JOIN unnest($3::text[], $4::bigint[]) AS name (src, seq)
           JOIN interline.submissions s ON s.document = this.key AND s.src = name.src AND s.seq = name.seq) r`,
      ),
      chainsAt("o.version = ANY ($5::bigint[])"),
      select("op", "span WHERE before <= $7::bigint"),
    ],
    span("$6::bigint", "this.version", "$8::bigint"),
  ),

  /** With what stands for the name ($3, $4). */
  receipt: about("receipt", [
    select(
      "receipt",
      `(SELECT s.* FROM this JOIN interline.submissions s
          ON s.document = this.key AND s.src = $3 AND s.seq = $4::bigint) r`,
    ),
  ]),

  /** With what stands for the names after ($3, $4), $5 of them, in no order. */
  receipts: about("receipts", [
    select(
      "receipt",
      `(SELECT s.* FROM this CROSS JOIN LATERAL (
          SELECT * FROM interline.submissions WHERE document = this.key AND (src, seq) > ($3, $4::bigint)
          ORDER BY src, seq LIMIT $5) s) r`,
    ),
  ]),

  /** With its oldest snapshot of a version beyond $3. */
  nextSnapshot: about("next-snapshot", [
    select(
      "snapshot",
      `(SELECT s.* FROM this CROSS JOIN LATERAL (
          SELECT version, type, data AS body, chain, digest FROM interline.snapshots
          WHERE document = this.key AND version > $3::bigint ORDER BY version LIMIT 1) s) s`,
    ),
  ]),

  /** With its newest snapshot, and the chains at that version and at $3. */
  newestSnapshot: about(
    "newest-snapshot",
    [select("snapshot", "newest"), chainsAt("o.version IN ((SELECT version FROM newest), $3::bigint)")],
    `, newest AS MATERIALIZED (SELECT newest.* FROM this CROSS JOIN LATERAL ${NEWEST} newest)`,
  ),

  heads: {
    name: "heads",
    text: `SELECT ${DOCUMENT}, ${BEYOND} FROM interline.documents d
      WHERE collection = $1 AND id = ANY ($2::text[]) AND type IS NOT NULL`,
  },
  list: { name: "list", text: listing("") },
  /** Of those whom $7 has made. */
  listOwned: { name: "list-owned", text: listing("AND owner = $7") },
  changed: {
    name: "changed",
    text: `SELECT ${DOCUMENT}, ${BEYOND} FROM interline.documents d
      WHERE collection = $1 AND (updated_at, key) > ($2::bigint, $3::bigint) ORDER BY updated_at, key LIMIT $4`,
  },
  documents: {
    name: "documents",
    text: `SELECT ${DOCUMENT} FROM interline.documents WHERE key > $1 ORDER BY key LIMIT $2`,
  },
  meta: { name: "meta", text: "SELECT value, digest FROM interline.meta WHERE name = $1" },
  revocations: {
    name: "revocations",
    text: `SELECT "user", doc, token, before, digest FROM interline.revocations`,
  },
} satisfies { readonly [name: string]: Statement };
