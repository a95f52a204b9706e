// One call of the HTTP API: sent, sent again where that can do no harm, and answered by what it gives or by a fault.
//
//   GET, and whatever carries an Idempotency-Key or says that it is repeatable   again after "later", and after silence
//   anything else                                                               again only if it was counted out (429)
//
// Pauses have full jitter and are never shorter than what Retry-After asks for; who is told to come back in an hour is not
// kept waiting but told. Whatever comes back that is no answer of this API is a fault as well. Nothing here knows a path.

import {
  type Clock,
  Fault,
  type FaultCode,
  type FaultMessage,
  faults,
  type Random,
} from "../../protocol/index.js";
import { backoffMs, LONGEST_WAIT_MS } from "../backoff.js";

/** How often a call is sent at most. */
const ATTEMPTS = 5;

/** What the problem document of a refusal holds besides code and sentence: of `stale`, the head and the missed ops. */
export class ApiFault extends Fault {
  constructor(
    fault: Fault,
    /** The HTTP status; 0 if nothing answered. */
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
  /** Whether doing it twice is the same as once, though it changes something and has no key. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Caller {
  readonly url: string;
  readonly token?: string | (() => string | Promise<string>);
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
}

/** Takes what a call gives out of its answer, which is a success or a 304. */
export type Read<T> = (response: Response) => Promise<T>;

/** Sends a call until it is answered. @throws {@link ApiFault}, or the signal's reason */
export async function send<T>(caller: Caller, call: Call, read: Read<T>): Promise<T> {
  const { method, headers, repeatable = false, signal } = call;
  const safe = method === "GET" || repeatable || headers?.["Idempotency-Key"] !== undefined;
  let perhapsDone = false;
  for (let attempt = 0; ; attempt++) {
    try {
      return await attemptOnce(caller, call, read);
    } catch (fault) {
      if (!(fault instanceof ApiFault)) throw fault;
      // What is to be deleted and is not there any more was deleted by what was sent before, and never answered.
      if (perhapsDone && method === "DELETE" && fault.status === 404) return undefined as T;
      const later = fault.extra.retryAfterMs ?? 0;
      const again = faults[fault.code] === "retry" && (safe || fault.status === 429);
      if (!again || later > LONGEST_WAIT_MS || attempt + 1 >= ATTEMPTS) throw fault;
      perhapsDone ||= fault.status === 0 || fault.status >= 500;
      await pause(caller, Math.max(later, backoffMs(attempt, caller.random)), signal);
    }
  }
}

/** Sends a call once. @throws {@link ApiFault}, or the signal's reason */
export async function attemptOnce<T>(caller: Caller, call: Call, read: Read<T>): Promise<T> {
  const request = await requestOf(caller, call);
  try {
    const response = await caller.fetch(...request);
    if (!response.ok && response.status !== 304) throw await faultOf(response);
    return await read(response);
  } catch (error) {
    call.signal?.throwIfAborted();
    // `fetch` reports that the network failed as a TypeError, also while an answer is read.
    if (error instanceof TypeError) throw apiFault("unavailable", "The server does not answer.");
    if (error instanceof SyntaxError) throw apiFault("protocol_unsupported", STRANGER);
    throw error;
  }
}

const STRANGER = "What answers there does not speak this API.";
const apiFault = (code: FaultCode, sentence: string, status = 0) =>
  new ApiFault(new Fault(code, sentence), status, {});

async function requestOf({ url, token }: Caller, call: Call): Promise<[URL, RequestInit]> {
  const target = new URL(url.replace(/\/+$/, "") + call.path);
  for (const [name, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) target.searchParams.set(name, String(value));
  const headers = new Headers();
  for (const [name, value] of Object.entries(call.headers ?? {}))
    if (value !== undefined) headers.set(name, value);
  const bearer = typeof token === "function" ? await token() : token;
  if (bearer !== undefined) headers.set("Authorization", `Bearer ${bearer}`);
  if (call.body !== undefined) headers.set("Content-Type", "application/json");
  return [
    target,
    {
      method: call.method,
      headers,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    },
  ];
}

/** Somebody in between, such as a proxy, refuses without our codes. */
function codeOf(status: number): FaultCode {
  if (status >= 500) return "unavailable";
  return status === 429 ? "rate_limited" : "protocol_unsupported";
}

async function faultOf(response: Response): Promise<ApiFault> {
  const { status } = response;
  const problem = (await response.json().catch(() => ({}))) as { readonly [key: string]: unknown };
  const { code, title, retryAfterMs, details } = Object(problem) as Partial<FaultMessage> & {
    readonly title?: unknown;
  };
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const waitMs = typeof retryAfterMs === "number" ? retryAfterMs : seconds * 1000;
  const known = typeof code === "string" && Object.hasOwn(faults, code);
  const stranger = status < 500 && status !== 429 ? STRANGER : `The server answered ${status}.`;
  const fault = Fault.from({
    code: known ? code : codeOf(status),
    message: typeof title === "string" && known ? title : stranger,
    ...(waitMs >= 0 ? { retryAfterMs: waitMs } : {}),
    ...(details === undefined ? {} : { details }),
  });
  return new ApiFault(fault, status, problem);
}

/** Waits, unless the signal says stop. @throws the signal's reason */
export function pause({ clock }: Caller, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    signal?.addEventListener("abort", stop, { once: true });
  });
}
