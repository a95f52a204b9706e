// One call of the HTTP API: sent, sent again where that can do no harm, and answered by what it gives or by a fault.
//
// A call is repeated only if it reads, or carries an Idempotency-Key, and only after an answer that says "later" or none at
// all. Pauses have full jitter and are never shorter than what Retry-After asks for. Nothing here knows a path.

import {
  type Clock,
  Fault,
  type FaultCode,
  type FaultMessage,
  faults,
  type Random,
} from "../../protocol/index.js";
import { backoffMs } from "../backoff.js";

/** How often a call is sent at most. */
const ATTEMPTS = 5;

/** What the problem document of a refusal holds besides code and sentence: of `stale`, the head and the missed ops. */
export class ApiFault extends Fault {
  constructor(
    fault: Fault,
    readonly status: number,
    readonly problem: { readonly [key: string]: unknown },
  ) {
    super(fault.code, fault.message, fault.extra);
  }
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | undefined };
  readonly headers?: { readonly [name: string]: string | undefined };
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface Caller {
  readonly url: string;
  readonly token?: string | (() => string | Promise<string>);
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
}

/** Sends a call until it is answered. A 304 is an answer. @throws {@link ApiFault}, or the signal's reason */
export async function send(caller: Caller, call: Call): Promise<Response> {
  const safe = call.method === "GET" || call.headers?.["Idempotency-Key"] !== undefined;
  for (let attempt = 0; ; attempt++) {
    let fault: ApiFault;
    try {
      const response = await once(caller, call);
      if (response.ok || response.status === 304) return response;
      fault = await faultOf(response);
    } catch (error) {
      call.signal?.throwIfAborted();
      // `fetch` reports a network failure as a TypeError.
      if (!(error instanceof TypeError)) throw error;
      fault = new ApiFault(new Fault("unavailable", "The server does not answer."), 0, {});
    }
    const again = safe && faults[fault.code] === "retry" && attempt + 1 < ATTEMPTS;
    if (!again) throw fault;
    const waitMs = Math.max(fault.extra.retryAfterMs ?? 0, backoffMs(attempt, caller.random));
    await pause(caller.clock, waitMs, call.signal);
  }
}

async function once({ url, token, fetch }: Caller, call: Call): Promise<Response> {
  const target = new URL(url.replace(/\/+$/, "") + call.path);
  for (const [name, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) target.searchParams.set(name, String(value));
  const headers = new Headers();
  for (const [name, value] of Object.entries(call.headers ?? {}))
    if (value !== undefined) headers.set(name, value);
  const bearer = typeof token === "function" ? await token() : token;
  if (bearer !== undefined) headers.set("Authorization", `Bearer ${bearer}`);
  if (call.body !== undefined) headers.set("Content-Type", "application/json");
  return fetch(target, {
    method: call.method,
    headers,
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
}

async function faultOf(response: Response): Promise<ApiFault> {
  const problem = (await response.json().catch(() => ({}))) as { readonly [key: string]: unknown };
  const known = typeof problem["code"] === "string" && Object.hasOwn(faults, problem["code"]);
  const code = known ? (problem["code"] as FaultCode) : response.status >= 500 ? "unavailable" : "internal";
  const title =
    typeof problem["title"] === "string" ? problem["title"] : `The server answered ${response.status}.`;
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const told = typeof problem["retryAfterMs"] === "number" ? problem["retryAfterMs"] : seconds * 1000;
  const details = problem["details"] as FaultMessage["details"];
  const fault = Fault.from({
    code,
    message: title,
    ...(told >= 0 ? { retryAfterMs: told } : {}),
    ...(details === undefined ? {} : { details }),
  });
  return new ApiFault(fault, response.status, problem);
}

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
