// When a server that serves stops: the signals, how often they may come, and how long stopping may take.
//
//   serving ──SIGTERM, SIGINT──▶ stopping ──closed──▶ exit 0
//                                   │ a second one, or STOP_MS over
//                                   ▼
//                                hurrying ──closed──▶ exit `cut_short`
//                                   │ the disk does not answer for HURRY_MS
//                                   ▼
//                                SIGKILL to ourselves, because a thread that waits for the disk holds an exit up
//
// Whatever way it ends, what was acknowledged is on the disk: nothing is acknowledged before. A terminal that goes away, a
// closed pipe and SIGHUP end nothing; SIGHUP has certificates read again.

import { type Clock, steadyMs } from "../../protocol/index.js";
import { exitCodes } from "../startup.js";

/** A terminal and a package manager both pass a signal on: what comes within this is the same one. */
const SAME_SIGNAL_MS = 500;
/** Above what an orderly stop takes at worst; with the hurry after it below the 25 s that are promised. */
const STOP_MS = 20_000;
const HURRY_MS = 2_000;

export interface Stoppable {
  close(how?: { readonly now?: boolean }): Promise<void>;
  reloadCertificate(): void;
}

/** What of the process is used. */
export interface Host {
  on(event: "SIGTERM" | "SIGINT" | "SIGHUP", listener: () => void): unknown;
  exit(code: number): unknown;
  /** Ends this process whatever its threads wait for. */
  die(): void;
  say(sentence: string): void;
}

export function stopOnSignals(server: Stoppable, host: Host, clock: Clock): void {
  let stoppingSince: number | undefined;
  let hurrying = false;

  function stop(): void {
    const now = steadyMs(clock);
    if (stoppingSince === undefined) {
      stoppingSince = now;
      clock.after(STOP_MS, () => hurry("It took too long to stop in order"));
      server.close().then(
        () => host.exit(hurrying ? exitCodes.cut_short : exitCodes.stopped),
        (error: unknown) => {
          hurry(error instanceof Error ? error.message : String(error));
        },
      );
    } else if (now - stoppingSince >= SAME_SIGNAL_MS) hurry("Told to stop a second time");
  }

  function hurry(why: string): void {
    if (hurrying) return;
    hurrying = true;
    host.say(`${why}; stopping at once. What was acknowledged is on the disk.`);
    clock.after(HURRY_MS, () => host.die());
    server.close({ now: true }).then(
      () => host.exit(exitCodes.cut_short),
      () => host.die(),
    );
  }

  host.on("SIGTERM", stop);
  host.on("SIGINT", stop);
  host.on("SIGHUP", () => server.reloadCertificate());
}

/** This process as it is. */
export const thisProcess: Host = {
  on: (event, listener) => process.on(event, listener),
  exit: (code) => process.exit(code),
  die: () => process.kill(process.pid, "SIGKILL"),
  say: (sentence) => console.error(`interline: ${sentence}`),
};

/** Whoever read what we say may be gone: that is no reason to stop serving. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}
