// Which versions belong to the present life of a document. One that is deleted and made anew goes on counting, and what
// it was before is nobody's to read under its new life's rights. Of one that was redacted, what it showed then is the first.

import { type Epoch, Fault, type Version } from "../../protocol/index.js";
import { epochChanged, stale } from "../ledger/refusals.js";
import type { Beside, DocumentHead } from "../ports.js";
import type { By, When } from "./types.js";

type Beginning = NonNullable<Awaited<ReturnType<Beside["began"]>>>;

/** Documents whose beginnings are remembered. */
const REMEMBERED = 10_000;

export interface Lives {
  /**
   * The version that `when` names.
   *
   * @throws Fault `version_ahead`, `version_unknown` for versions of an earlier life, `document_deleted` for times before this
   *   one, `epoch_changed` if it names another life
   */
  version(id: string, head: DocumentHead, when: When): Promise<Version>;
  /** The version after which the ops of this life are told. */
  began(id: string, head: DocumentHead): Promise<Version>;
  /** Whether a version that was made is one of this life's; what is not kept any more is taken for none. */
  holds(id: string, head: DocumentHead, version: Version): Promise<boolean>;
  /** Whether the life that a version was made in has ended by a deletion, as far as that is kept. */
  ended(id: string, head: DocumentHead, version: Version): Promise<boolean>;
  /** Demands that the ops after `version` are of this life. @throws Fault `version_unknown` */
  demandAfter(id: string, head: DocumentHead, version: Version): Promise<void>;
}

export function createLives(beside: Pick<Beside, "began" | "turns" | "versionAt">): Lives {
  /** Life → with which version it begins. */
  const beginnings = new Map<string, Beginning>();

  async function firstOf(id: string, epoch: string): Promise<Beginning> {
    const known = beginnings.get(epoch);
    if (known !== undefined) return known;
    const first = (await beside.began(id)) ?? { version: 1, created: true };
    beginnings.set(epoch, first);
    if (beginnings.size > REMEMBERED) beginnings.delete(beginnings.keys().next().value!);
    return first;
  }

  async function began(id: string, { epoch }: DocumentHead): Promise<Version> {
    const { version, created } = await firstOf(id, epoch);
    // The first creation of all is told as an op that builds the document from nothing.
    return created && version === 1 ? 0 : version;
  }

  async function holds(id: string, { epoch }: DocumentHead, version: Version): Promise<boolean> {
    const first = await firstOf(id, epoch);
    // Where history was taken away, what made the first version was another life's.
    return first.created ? version >= first.version : version > first.version;
  }

  return {
    async version(id, now, when) {
      demandLife(now, when.epoch);
      const { epoch, version: head } = now;
      const { version: first } = await firstOf(id, epoch);
      if ("at" in when) {
        const found = (await beside.versionAt(id, when.at)) ?? 0;
        if (found < first) throw new Fault("document_deleted", "The document was not there yet.");
        return Math.min(found, head);
      }
      if (when.version > head) throw new Fault("version_ahead", `The document is at version ${head}.`);
      if (when.version < first) throw unknown();
      return when.version;
    },

    began,
    holds,
    async ended(id, head, version) {
      if (await holds(id, head, version)) return false;
      return (await beside.turns(id, version, head.version)).some(({ kind }) => kind === "deleted");
    },
    async demandAfter(id, head, version) {
      if (version < (await began(id, head))) throw unknown();
    },
  };
}

/** What was read; undefined if that is not kept, or of another life. */
export async function unlessGone<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Fault && error.code === "version_unknown") return undefined;
    throw error;
  }
}

/** Demands that a document is in the life that is meant, if one is. @throws Fault `epoch_changed` */
export function demandLife(head: DocumentHead, epoch: Epoch | undefined): void {
  if (epoch !== undefined && epoch !== head.epoch) throw epochChanged(head);
}

/** Demands of the head what somebody has made a condition. @throws Fault `epoch_changed` | `stale` */
export function demandHead(head: DocumentHead, { ifVersion, ifEpoch }: By = {}): void {
  demandLife(head, ifEpoch);
  if (ifVersion !== undefined && ifVersion !== head.version) throw stale(head.version);
}

const unknown = () => new Fault("version_unknown", "This document has no version that old.");
