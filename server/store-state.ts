// How the store is: for those who ask at `/readyz` and `/metrics`, and for whoever reads the log.
//
//   well ──a call fails──▶ in trouble ──a look finds it well, and nothing has failed for a while──▶ well
//
// What always holds:
//   - who asks is told what a look finds then: it writes a little, and where that fails it reads;
//   - a store that is read while it takes no writes is no reason to send people away: they are told what is wrong;
//   - while there was no room, a look writes more than an op does: what is smaller still finds room where an op does not;
//   - the log has one line when trouble begins, one each minute while it lasts, and one when it has ended, however many calls
//     fail and whether or not anybody asks: it is looked every second meanwhile;
//   - one read that took too long is no trouble of the store: it is said as what it is, at most once a minute;
//   - a look writes elsewhere than an op does, so that it goes well says only together with calls that do not fail that the
//     trouble is over.

import { type Clock, Fault, steadyMs } from "../protocol/index.js";
import type { OpenLedger } from "./ledger/index.js";
import type { Log } from "./log.js";
import type { Meter } from "./meter.js";
import { isNarrow, type StorageError, type StorageErrorCode } from "./storage/errors.js";

/** As it was found; what is wrong stands in a sentence that anybody may read. */
export type StoreState =
  | { readonly kind: "well" }
  /** It is read, and takes no writes. */
  | { readonly kind: "full" | "read_only"; readonly degraded: string }
  /** It does not answer, or nothing can be read either. */
  | { readonly kind: "away" };

export interface StoreWatch {
  /** The meter given, through which this hears of the store. */
  readonly meter: Meter;
  /** From now on it can be looked. */
  begin(ledger: Pick<OpenLedger, "ready" | "list">): void;
  look(): Promise<StoreState>;
  stop(): void;
}

/** A store that does not answer within this is away. */
const LOOK_MS = 1000;
/** How often it is looked by itself while something is wrong. */
const AGAIN_MS = 1000;
/** How often the log says that something is still wrong. */
const REMIND_MS = 60_000;
/** How long nothing must have failed before trouble is over: longer than those who are refused wait before they try again. */
const QUIET_MS = 10_000;
/** More than an op and all that is written with it. */
const ROOM_BYTES = 64 * 1024;

const full: StoreState = {
  kind: "full",
  degraded: "The disk of the store is full; what is written is refused.",
};
const readOnly: StoreState = {
  kind: "read_only",
  degraded: "The store takes no writes; what is written is refused.",
};

export function watchStore(
  meter: Meter,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): StoreWatch {
  let ledger: Pick<OpenLedger, "ready" | "list"> | undefined;
  let looking: Promise<StoreState> | undefined;
  /** What is wrong, since when, how often and when last it was noticed, and when the log said so last. */
  let trouble:
    | { code: StorageErrorCode; message: string; since: number; times: number; last: number; said: number }
    | undefined;
  /** Reads that took too long and of which there is no line yet, and when there was one last. */
  let slow = { times: 0, said: Number.NEGATIVE_INFINITY };
  /** There was no room when something was written last. */
  let noRoom = false;
  let cancel = () => {};
  let stopped = false;

  async function find(store: Pick<OpenLedger, "ready" | "list">): Promise<StoreState> {
    try {
      const much = noRoom;
      await store.ready(much ? ROOM_BYTES : 0);
      // Something may have been refused for want of room meanwhile.
      return noRoom && !much ? find(store) : { kind: "well" };
    } catch (error) {
      if (error instanceof Fault && error.code === "storage_full") return full;
    }
    return store.list({ limit: 1 }).then(
      () => readOnly,
      () => ({ kind: "away" }) as const,
    );
  }

  function look(): Promise<StoreState> {
    if (ledger === undefined) return Promise.resolve({ kind: "away" });
    if (looking !== undefined) return looking;
    let giveUp = () => {};
    const late = new Promise<StoreState>((resolve) => {
      giveUp = clock.after(LOOK_MS, () => resolve({ kind: "away" }));
    });
    looking = Promise.race([find(ledger), late]).then((state) => {
      giveUp();
      looking = undefined;
      if (state.kind === "well") recovered();
      return state;
    });
    return looking;
  }

  function failed({ code, message }: StorageError, what: "read" | "write"): void {
    if (isNarrow(code) || stopped) return;
    if (trouble === undefined && code === "busy" && what === "read") {
      slowRead(message);
      return;
    }
    if (code === "disk_full") noRoom = true;
    const now = steadyMs(clock);
    if (trouble === undefined) {
      trouble = { code, message, since: now, times: 0, last: now, said: now };
      log.error({ code }, `${message} Until that is over, what people write stays with them.`);
      again();
    }
    // How it fails may change meanwhile: a full disk that goes away is away.
    trouble.code = code;
    trouble.message = message;
    trouble.times++;
    trouble.last = now;
  }

  function slowRead(message: string): void {
    slow.times++;
    const now = steadyMs(clock);
    if (now - slow.said < REMIND_MS) return;
    log.warn({ code: "busy", times: slow.times }, `${message} Only reads failed.`);
    slow = { times: 0, said: now };
  }

  function again(): void {
    cancel();
    if (!stopped) cancel = clock.after(AGAIN_MS, () => void look().then(remind));
  }

  function remind(): void {
    if (trouble === undefined) return;
    const now = steadyMs(clock);
    if (now - trouble.said >= REMIND_MS) {
      const { code, message, since, times } = trouble;
      trouble.said = now;
      log.error({ code, seconds: seconds(now - since), times }, `${message} It still lasts.`);
    }
    again();
  }

  function recovered(): void {
    noRoom = false;
    const now = steadyMs(clock);
    if (trouble === undefined || now - trouble.last < QUIET_MS) return;
    const { since, times } = trouble;
    trouble = undefined;
    cancel();
    log.warn({ code: "store_back", seconds: seconds(now - since), times }, "The store takes writes again.");
  }

  return {
    meter: {
      ...meter,
      storeFailed(error, what) {
        failed(error, what);
        meter.storeFailed(error, what);
      },
    },
    begin(opened) {
      ledger = opened;
    },
    look,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

const seconds = (ms: number) => Math.round(ms / 1000);
