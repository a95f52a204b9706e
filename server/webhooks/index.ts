// Webhooks: programs elsewhere that are told over HTTP what happens to documents.
//
//   commit on any node ─▶ store ◀─looks once a second─ the node that holds the lease ─▶ receivers
//
// Nothing of it is on the way of a commit. Who may have webhooks is decided by whoever calls (`api/webhooks.ts`).

import {
  type Clock,
  type DeadLetter,
  Fault,
  isDocumentId,
  type NamedVersion,
  type NewWebhookReply,
  type Random,
  type StoppedTelling,
  type WebhookReply,
  type WebhookRequest,
} from "../../protocol/index.js";
import type { Known } from "../auth.js";
import type { ServerLimits } from "../limits.js";
import type { Log } from "../log.js";
import type { Beside } from "../ports.js";
import { mintId } from "../tickets.js";
import { createTurns } from "../turns.js";
import { createDelivering, purge } from "./delivering.js";
import { allOf, DEAD, type Errand, EVENTS, named, OUTBOX, STOPPED, WEBHOOK, type Webhook } from "./kept.js";
import type { Owners } from "./owners.js";
import { createPoster } from "./post.js";

export { signature } from "./post.js";

export interface Webhooks {
  /**
   * @param known  who is asked about before each delivery, whether they may still manage the document. Absent: nobody is
   * @returns with the secret, which is told nobody again. @throws Fault `message_malformed` | `bad_url` | `rate_limited`
   */
  create(request: WebhookRequest, owner: string, known?: Known): Promise<NewWebhookReply>;
  /** Those of one owner. */
  list(owner: string): Promise<readonly WebhookReply[]>;
  get(id: string): Promise<WebhookReply | undefined>;
  /** Takes it away, with all that it was still to be told. */
  remove(id: string): Promise<void>;
  /** What could not be told; the first of them, if there are very many. */
  deadLetters(id: string): Promise<readonly DeadLetter[]>;
  /** Sends a dead letter again, after what waits for that document. @returns whether there is one */
  redeliver(id: string, delivery: string): Promise<boolean>;
  /** @returns whether there was one */
  discard(id: string, delivery: string): Promise<boolean>;
  /** A version is about to get a name. */
  naming(document: string, version: NamedVersion): Promise<void>;
  stop(): Promise<void>;
}

export interface WebhooksOptions {
  readonly beside: Beside;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly log: Pick<Log, "warn">;
  readonly node: string;
  readonly owners: Owners;
  /** Hosts that deliveries may go to whatever their addresses are. */
  readonly allow: readonly string[];
  /** Whether deliveries may go to addresses of this machine. */
  readonly loopback: boolean;
}

const URL_LENGTH = 2000;
const PATTERNS = 50;
const LETTERS_SHOWN = 500;
const SECRET_LENGTH = 43;

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { beside, clock, random, limits } = options;
  const poster = createPoster({ ...options, timeoutMs: limits.webhookTimeoutMs });
  const delivering = createDelivering({ ...options, poster });
  /** By owner. */
  const turns = createTurns();

  async function* all(): AsyncGenerator<Webhook> {
    for await (const { value } of allOf<Webhook>(beside, WEBHOOK)) yield value;
  }

  async function get(id: string): Promise<Webhook | undefined> {
    const row = await beside.record(named(WEBHOOK, id));
    return row && (JSON.parse(row.value) as Webhook);
  }

  /** Never more than one may have; other nodes may be about to add one, too. */
  async function add(webhook: Webhook): Promise<void> {
    const theirs = async () => {
      let count = 0;
      for await (const { owner } of all()) if (owner === webhook.owner) count++;
      return count;
    };
    const tooMany = () =>
      new Fault("rate_limited", "You have as many webhooks as one may.", {
        details: { webhooksPerUser: limits.webhooksPerUser },
      });
    if ((await theirs()) >= limits.webhooksPerUser) throw tooMany();
    const row = { ...named(WEBHOOK, webhook.id), value: JSON.stringify(webhook), time: webhook.createdAt };
    await beside.put(row, { instead: null });
    // Of two nodes that add the last one at once, the second to have written finds both.
    if (!beside.shared || (await theirs()) <= limits.webhooksPerUser) return;
    await beside.delete(named(WEBHOOK, webhook.id));
    throw tooMany();
  }

  async function withStopped(hook: Webhook): Promise<WebhookReply> {
    const stopped: StoppedTelling[] = [];
    for await (const { value } of allOf<StoppedTelling>(beside, STOPPED, `${hook.id}/`)) {
      if (stopped.push(value) >= LETTERS_SHOWN) break;
    }
    return { ...shown(hook), ...(stopped.length === 0 ? {} : { stopped }) };
  }

  async function send(errand: Errand): Promise<void> {
    const key = `${String(clock.now()).padStart(16, "0")}-${mintId(random)}`;
    await beside.put({ ...named(OUTBOX, key), value: JSON.stringify(errand), time: clock.now() });
    delivering.wake();
  }

  return {
    async create({ url, documents, events = EVENTS }, owner, known) {
      demandUrl(url);
      if (documents.length < 1 || documents.length > PATTERNS || !documents.every(isPattern))
        throw malformed(`documents must be 1 to ${PATTERNS} names, or beginnings of names with a *.`);
      if (events.length < 1 || !events.every((event) => EVENTS.includes(event)))
        throw malformed(`events must be some of ${EVENTS.join(", ")}.`);
      const webhook: Webhook = {
        id: mintId(random),
        ...{ url, documents: [...new Set(documents)], events: [...new Set(events)], owner },
        createdAt: clock.now(),
        secret: `whsec_${mintId(random, SECRET_LENGTH)}`,
        ...(known && { known: { user: known.user, ...(known.claims && { claims: known.claims }) } }),
      };
      await turns.next(owner, () => add(webhook));
      delivering.wake();
      return { ...shown(webhook), secret: webhook.secret };
    },

    async list(owner) {
      const found: WebhookReply[] = [];
      for await (const hook of all()) if (hook.owner === owner) found.push(await withStopped(hook));
      return found;
    },

    async get(id) {
      const hook = await get(id);
      return hook && withStopped(hook);
    },

    async remove(id) {
      await beside.delete(named(WEBHOOK, id));
      await purge(beside, id);
      delivering.wake();
    },

    async deadLetters(id) {
      const found: DeadLetter[] = [];
      for await (const { value } of allOf<DeadLetter>(beside, DEAD, `${id}/`)) {
        if (found.push(value) >= LETTERS_SHOWN) break;
      }
      return found;
    },

    async redeliver(id, delivery) {
      const name = named(DEAD, `${id}/${delivery}`);
      const row = await beside.record(name);
      if (row === undefined) return false;
      const letter = JSON.parse(row.value) as DeadLetter;
      await send({ do: "again", webhook: id, delivery: letter.delivery });
      return beside.delete(name);
    },

    discard: (id, delivery) => beside.delete(named(DEAD, `${id}/${delivery}`)),

    async naming(document, version) {
      // Nobody would come for it.
      const [any] = await beside.records({ kind: WEBHOOK, document: "", limit: 1 });
      if (any !== undefined) await send({ do: "named", document, named: version });
    },

    stop: () => delivering.stop(),
  };
}

const shown = ({ secret: _secret, known: _known, ...webhook }: Webhook): WebhookReply => webhook;

const malformed = (message: string) => new Fault("message_malformed", message);

const isPattern = (pattern: string) => pattern === "*" || isDocumentId(pattern.replace(/\*$/, ""));

function demandUrl(text: string): void {
  const url = text.length <= URL_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    throw new Fault("bad_url", "url must be an http or https address without a name and password in it.");
}
