// Builds with a mistake in them, for finding out whether `interline fuzz` finds it: one for each promise that it looks after.
// Most are races, which real wires show by luck and virtual time shows each time.

import type { Bug } from "../teeth/bug.js";
import type { ViolationKind } from "./trace.js";

export interface Mistake extends Pick<Bug, "bug" | "file" | "code" | "instead"> {
  /** Any of these: which of them shows first is a matter of luck. */
  readonly kinds: readonly ViolationKind[];
  readonly args: readonly string[];
  /** It is in what carries messages, which only real sockets show. */
  readonly onSockets?: true;
}

export const mistakes: readonly Mistake[] = [
  {
    bug: "What is typed while an op is on its way is called confirmed with it, and lost.",
    file: "client/session.ts",
    code: "pending.length === 0 ? visible : type.apply(session.confirmed, inflight.op)",
    instead: "visible",
    kinds: ["lost", "diverged", "stuck", "threw", "fault"],
    args: ["--faults", "delay", "--type", "plain", "--seed", "1"],
  },
  {
    bug: "Whoever comes back gives what is on its way another name.",
    file: "client/sync.ts",
    code: '    this.#phase = "catching";\n',
    instead: `    this.#phase = "catching";
    if (this.replica.inflight !== undefined) {
      const own = this.options.names.takeOwn();
      this.replica.rename(own.src, own.seq);
    }\n`,
    kinds: ["twice"],
    args: ["--faults", "cut,delay", "--seed", "2"],
  },
  {
    bug: "What is not on the disk yet is acknowledged.",
    file: "server/storage/sqlite/writer.ts",
    code: "    const results = transaction.immediate(group);\n",
    instead: `    if (!database.inTransaction) {
      database.exec("BEGIN IMMEDIATE");
      setTimeout(() => database.exec("COMMIT"), 250);
    }
    const results = group.map(call);\n`,
    kinds: ["server", "not_durable", "lost", "fault"],
    args: ["--faults", "restart", "--seed", "3"],
  },
  {
    bug: "Undo takes out what others have typed since.",
    file: "client/history.ts",
    code: "    this.#done = this.#carrying.carry(this.#done, op);\n    this.#undone",
    instead: "    this.#undone",
    kinds: ["undo", "lost", "threw"],
    args: ["--faults", "delay", "--seed", "4"],
  },
  {
    bug: "The caret of somebody who has left stays.",
    file: "server/roster.ts",
    code: 'tell(doc, "left", { doc, src }, except)',
    instead: "{}",
    kinds: ["presence"],
    args: ["--faults", "", "--seed", "5", "--type", "plain"],
  },
  {
    bug: "What carries messages throws when a caret moves.",
    file: "client/socketio.ts",
    code: "else packing.next(() => listener.event(name, body as Events[typeof name]));",
    instead: `else packing.next(() => listener.event(name, body as Events[typeof name]));
            if (name === "presence") throw new Error("somebody moved");`,
    kinds: ["threw"],
    args: ["--faults", "", "--seed", "6", "--type", "plain"],
    onSockets: true,
  },
];
