// The part of the HTTP API that the pages use.

import { type DocumentType, Fault, type FaultCode } from "../../protocol/index.js";
import { addressOf } from "./base.js";
import type { Identity } from "./identity.js";

export interface DocumentEntry {
  readonly id: string;
  readonly type: DocumentType;
  readonly version: number;
  readonly title: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Listing {
  readonly documents: readonly DocumentEntry[];
  readonly cursor?: string;
}

/** Where a document is read and written. */
export const pageOf = ({ id, type }: { readonly id: string; readonly type: DocumentType }): string =>
  addressOf(`/${type === "rich" ? "d" : "p"}/${id}`);

export class Api {
  constructor(private readonly identity: Identity) {}

  /** @throws Fault what the server answered, or `unavailable` when it did not */
  async list(search: string, cursor?: string): Promise<Listing> {
    const query = new URLSearchParams();
    if (search !== "") query.set("search", search);
    if (cursor !== undefined) query.set("cursor", cursor);
    return (await this.#ask(`/v1/documents?${query}`)) as Listing;
  }

  async create(body: { type: DocumentType; snapshot?: unknown; text?: string }): Promise<DocumentEntry> {
    return (await this.#ask("/v1/documents", body)) as DocumentEntry;
  }

  async delete(id: string): Promise<void> {
    await this.#ask(`/v1/documents/${id}`, undefined, "DELETE");
  }

  async #ask(
    path: string,
    body?: unknown,
    method = body === undefined ? "GET" : "POST",
    again = true,
  ): Promise<unknown> {
    const response = await this.#send(path, body, method);
    if (response.status === 204) return undefined;
    if (response.ok) return response.json();
    const fault = await faultOf(response);
    if (fault.action !== "authenticate" || !again) throw fault;
    this.identity.refused(fault.code);
    return this.#ask(path, body, method, false);
  }

  async #send(path: string, body: unknown, method: string): Promise<Response> {
    try {
      const headers: Record<string, string> = { Authorization: `Bearer ${await this.identity.token()}` };
      if (body === undefined) return await fetch(addressOf(path), { method, headers });
      headers["Content-Type"] = "application/json";
      return await fetch(addressOf(path), { method, headers, body: JSON.stringify(body) });
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw new Fault("unavailable", "The server does not answer.");
    }
  }
}

/** The fault in a problem document (RFC 9457). */
async function faultOf(response: Response): Promise<Fault> {
  const problem = (await response.json().catch(() => ({}))) as { code?: FaultCode; title?: string };
  return Fault.from({ code: problem.code ?? "internal", message: problem.title ?? response.statusText });
}
