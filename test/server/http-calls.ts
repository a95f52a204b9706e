// Calls over HTTP for tests, and what a refusal must look like.

import { request } from "node:http";
import { expect } from "chai";
import type { FaultCode } from "../../protocol/index.js";
import type { RunningServer } from "./harness.js";

const JSON_TYPE = { "content-type": "application/json" };

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export async function call(server: { url: string }, path: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(server.url + path, init);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== "" ? JSON.parse(text) : {},
  };
}

/** Posts JSON, or text as it stands. */
export const post = (
  server: { url: string },
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
) =>
  call(server, path, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** fetch sets the host itself; here it is set by whoever asks. */
export function withHeaders(
  server: RunningServer,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: server.port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Demands a problem document with that status and that fault's code. */
export function expectProblem(answer: Answered, status: number, code: FaultCode): void {
  expect(answer.status, answer.text).to.equal(status);
  expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
  expect(answer.body).to.include({ type: `urn:interline:fault:${code}`, code, status });
  expect(answer.body.title).to.be.a("string");
}
