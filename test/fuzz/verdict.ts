// Whether everything promised has been kept, asked when a round has come to rest: all copies, what the server shows and its
// history fit together, and with what was typed and acknowledged; everybody is seen where they are.

import type { Schema } from "prosemirror-model";
import type { Op } from "../../client/types.js";
import type { RichSnapshot } from "../../ot/index.js";
import type { Clock, Committed, DocumentType } from "../../protocol/index.js";
import type { Markers } from "../world/markers.js";
import { Truth } from "../world/truth.js";
import type { Person } from "./person.js";
import { misfit } from "./things.js";
import type { ViolationKind } from "./trace.js";
import { holds } from "./waiting.js";

export type Find = (kind: ViolationKind, message: string) => void;

/** Of several things that are wrong in one way, so many are named. */
const NAMED = 8;

export interface Rested {
  readonly people: readonly Person[];
  readonly markers: Markers;
  readonly type: DocumentType;
  /** All that the server has committed. */
  readonly log: readonly Committed[];
  /** The document as the HTTP API gives it. */
  readonly served: unknown;
  readonly schema?: Schema;
  readonly find: Find;
}

export function compare({ people, markers, type, log, served, schema, find }: Rested): void {
  const truth = new Truth(type, (log[0]?.version ?? 1) - 1);
  try {
    for (const one of log) truth.committed({ ...one, op: one.op as Op });
  } catch (error) {
    find("twice", error instanceof Error ? error.message : String(error));
    return;
  }
  const [first] = people;
  const wire = JSON.stringify(first!.doc.snapshot);
  if (JSON.stringify(served) !== wire)
    find("diverged", `${first!.name} has another document than the server shows.`);
  if (truth.before === 0 && truth.wire() !== wire)
    find("diverged", `${first!.name} has another document than history leads to.`);
  for (const { name, doc, answered } of people) {
    if (JSON.stringify(doc.snapshot) !== wire)
      find("diverged", `${name} and ${first!.name} have different documents at version ${doc.version}.`);
    for (const [op, version] of answered) {
      const [src, seq] = op.split(" ");
      if (!truth.made(version, src!, Number(seq)))
        find(
          "not_durable",
          `${name} was told that ${op} made version ${version}, and history says otherwise.`,
        );
    }
  }
  const { text } = first!.doc;
  const missing = markers.missingFrom([text]);
  if (missing.length > 0) find("lost", `Typed, and taken out by nobody: ${some(missing)}.`);
  const doubled = markers.doubled(text);
  if (doubled.length > 0) find("twice", `Typed once, and there more often: ${some(doubled)}.`);
  const bad = schema === undefined ? undefined : misfit(first!.doc.snapshot as RichSnapshot, schema);
  if (bad !== undefined) find("structure", `The document does not fit its schema: ${bad}`);
}

const some = (characters: readonly string[]): string =>
  `${characters.slice(0, NAMED).join(" ")}${characters.length > NAMED ? ` and ${characters.length - NAMED} more` : ""}`;

/** Everybody sees everybody where they are, and whoever leaves is gone, each within a while. */
export async function carets(
  people: readonly Person[],
  find: Find,
  clock: Clock,
  withinMs: number,
): Promise<void> {
  const where = people.map((person) => JSON.stringify(person.look()));
  const srcs = people.map(({ doc }) => doc.presence.self?.src);
  const wrong = () =>
    people.flatMap(({ name, doc }, me) =>
      srcs.flatMap((src, at) => {
        const seen = JSON.stringify(doc.presence.people.find((one) => one.src === src)?.selection);
        return at === me || seen === where[at]
          ? []
          : [`${name} sees ${people[at]!.name} at ${seen ?? "no place"}, not ${where[at]}`];
      }),
    );
  if (!(await holds(clock, () => wrong().length === 0, withinMs)))
    find("presence", `${wrong().slice(0, NAMED).join("; ")}.`);
  const [gone, ...others] = people;
  if (gone === undefined || others.length === 0) return;
  await gone.leave();
  const stays = () => others.filter(({ doc }) => doc.presence.people.some(({ src }) => src === srcs[0]));
  if (!(await holds(clock, () => stays().length === 0, withinMs)))
    find("presence", `${gone.name} has left, and ${stays()[0]!.name} still sees them.`);
}
