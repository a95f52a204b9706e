// Bugs in what a client makes of the ops of others and of its own.

import type { Bug } from "../bug.js";

export const session: readonly Bug[] = [
  {
    bug: "Where two people type at one place, the client puts the other's text first and the server ours.",
    file: "client/session.ts",
    code: "const [ourNext, theirsNext] = diamond(type, our, theirs);",
    instead: "const [theirsNext, ourNext] = diamond(type, theirs, our);",
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "What is typed while an op is on its way is composed into it.",
    file: "client/session.ts",
    code: "  return build({ ...shared(session), visible }, inflightOf(session), next);",
    instead: `  const sent = inflightOf(session);
    if (sent !== undefined && pending.length === 0) {
      const more = type.compose(sent.sent, op);
      return build({ ...shared(session), visible }, { ...sent, op: more, sent: more, last: change }, []);
    }
    return build({ ...shared(session), visible }, sent, next);`,
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "An op that is sent again goes out in the form that others' ops have given it.",
    file: "client/session.ts",
    code: ": build(base, { ...inflight, op: shown[0]!.op }, shown.slice(1));",
    instead: ": build(base, { ...inflight, op: shown[0]!.op, sent: shown[0]!.op }, shown.slice(1));",
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "The op on its way is not counted as unsaved.",
    file: "client/session.ts",
    code: "  for (const { first, last } of unsentOf(session)) {\n    count",
    instead: "  for (const { first, last } of pendingOf(session)) {\n    count",
    caughtBy: "test/client/lifetime.test.ts",
  },
  {
    bug: "Several changes composed into one op count as one, so that some are called saved before they are.",
    file: "client/session.ts",
    code: "first: last.first, last: change, bytes } : undefined",
    instead: "first: last.first, last: last.last, bytes } : undefined",
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "What was typed after a refused op goes with it.",
    file: "client/session.ts",
    code: `    ...ours.slice(0, which),
    ...ours.slice(which + 1).map((entry, i) => ({ ...entry, op: rest[i]! })),`,
    instead: "    ...ours.slice(0, which),",
    caughtBy: "test/client/refusal.test.ts",
  },
  {
    bug: "A refused op is taken back as if nothing had been typed after it.",
    file: "client/session.ts",
    code: "    ...ours.slice(which + 1).map((entry, i) => ({ ...entry, op: rest[i]! })),",
    instead: "    ...ours.slice(which + 1),",
    caughtBy: "test/client/refusal.test.ts",
  },
  {
    bug: "An acknowledgement confirms what has been typed since as well.",
    file: "client/session.ts",
    code: "pending.length === 0 ? visible : type.apply(session.confirmed, inflight.op)",
    instead: "visible",
    caughtBy: "test/world/schedules.test.ts",
    titled: "over the model server",
  },
  {
    bug: "An op that the fetched document contains already is put into it once more.",
    file: "client/session.ts",
    code: "const drop = fetched.contained && inflight !== undefined;",
    instead: "const drop = false;",
    caughtBy: "test/client/reopen.test.ts",
  },
  {
    bug: "Ops that arrive twice are applied twice.",
    file: "client/stream.ts",
    code: "    else if (op.version === session.version + 1) take(op);",
    instead: "    else take(op);",
    caughtBy: "test/client/catch-up.test.ts",
  },
  {
    bug: "An op that arrives early is applied at once.",
    file: "client/stream.ts",
    code: "    if (op.version > session.version + 1) session = keepEarly(session, op);\n    else if (op.version === session.version + 1) take(op);",
    instead: "    if (op.version > session.version) take(op);",
    caughtBy: "test/client/catch-up.test.ts",
  },
  {
    bug: "Ops that arrive early are dropped.",
    file: "client/stream.ts",
    code: "session = keepEarly(session, op);",
    instead: "continue;",
    caughtBy: "test/client/catch-up.test.ts",
  },
  {
    bug: "Somebody else's op with our number is taken for ours, and ours called saved.",
    file: "client/stream.ts",
    code: "inflight.src === next.src && inflight.seq === next.seq",
    instead: "inflight.seq === next.seq",
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "The answer to a submission acknowledges it before the ops that came first are here.",
    file: "client/stream.ts",
    code: "inflight?.committedAt === version",
    instead: "inflight?.committedAt !== undefined",
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "A hole in what arrives is never asked for.",
    file: "client/sync.ts",
    code: "    if (this.#head <= this.replica.session.version) return;\n    this.#stopGap",
    instead: "    if (this.#head >= 0) return;\n    this.#stopGap",
    caughtBy: "test/client/catch-up.test.ts",
  },
  {
    bug: "What the room tells while the document is on its way is forgotten.",
    file: "client/sync.ts",
    code: "else if (this.#early.length < MAX_EARLY) this.#early.push(...ops);",
    instead: "",
    caughtBy: "test/client/catch-up.test.ts",
  },
  {
    bug: "After a cut, what is unsent goes out before what was missed has come in.",
    file: "client/sync.ts",
    code: '    this.#phase = "catching";\n    this.#target = reply.head;',
    instead: '    this.#phase = "catching";\n    this.#target = 0;',
    caughtBy: "test/client/catch-up.test.ts",
  },
  {
    bug: "An op in flight is sent anew when history is gone, without asking whether it was committed.",
    file: "client/sync.ts",
    code: "if (inflight === undefined || unsent) this.#replace(reply, false, fault);",
    instead: "if (inflight?.committedAt === undefined || unsent) this.#replace(reply, false, fault);",
    caughtBy: "test/client/reopen.test.ts",
  },
  {
    bug: "Undo does not know what others did since.",
    file: "client/history.ts",
    code: "    this.#done = this.#under(this.#done, [op]);\n    this.#undone",
    instead: "    this.#undone",
    caughtBy: "test/client/history.test.ts",
  },
  {
    bug: "An op that was taken back can still be undone.",
    file: "client/history.ts",
    code: "if (level.first <= last && first <= level.last) {",
    instead: "if (last < first) {",
    caughtBy: "test/client/history.test.ts",
  },
  {
    bug: "Those who wait for their last change to be saved are told when the first of it is.",
    file: "client/waiters.ts",
    code: "oldest === undefined || change < oldest",
    instead: "oldest === undefined || change <= oldest",
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "A document that begins another life is taken for the one before.",
    file: "client/sync.ts",
    code: "    if (epoch === this.replica.session.epoch) this.noticed(version);",
    instead: '    if (epoch !== "") this.noticed(version);',
    caughtBy: "test/client/recovered.test.ts",
  },
  {
    bug: "Ops of a document's new life are applied to the old one while it is fetched anew.",
    file: "client/sync.ts",
    code: '    if (this.#phase === "live" || this.#phase === "catching") {\n      this.#takeIn(ops);',
    instead: "    if (this.replica.loaded) {\n      this.#takeIn(ops);",
    caughtBy: "test/client/recovered.test.ts",
  },
];
