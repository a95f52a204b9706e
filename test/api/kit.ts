// The HTTP API for tests: a server, calls, and answers that are held to the OpenAPI document the server itself gives.
// Every call fails the test if its answer is not documented: another status, another shape, another problem code.

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect } from "chai";
import type { FaultCode } from "../../protocol/index.js";
import type { ServerOptions } from "../../server/index.js";
import { type RunningServer, startServer } from "../server/harness.js";
import { type Answered, call as callPlainly, expectProblem } from "../server/http-calls.js";

export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly examples?: readonly unknown[];
  readonly [key: string]: unknown;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly in: "path" | "query" | "header";
    readonly name: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: Schema } } };
  readonly responses: {
    readonly [status: string]: {
      readonly content?: { readonly [type: string]: { readonly schema: Schema } };
    };
  };
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
}

export interface Documentation {
  readonly document: OpenApi;
  /** @returns what is wrong with an answer, in a sentence; undefined: it is documented */
  complaint(
    method: string,
    path: string,
    answer: Pick<Answered, "status" | "headers" | "text">,
  ): string | undefined;
}

let said: Documentation | undefined;

/**
 * What a server says of itself: the first one of a run is asked, for all say the same (`conditions.test.ts`), and to write it and
 * the checks of it takes longer than to start another.
 */
export async function documentationOf(server: { readonly url: string }): Promise<Documentation> {
  said ??= documentationIn((await callPlainly(server, "/v1/openapi.json")).body as unknown as OpenApi);
  return said;
}

function documentationIn(document: OpenApi): Documentation {
  const ajv = new Ajv2020({ strict: false });
  const validators = new Map<Schema, ValidateFunction>();
  const routes = Object.entries(document.paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]*")}$`),
    operations,
  }));

  return {
    document,
    complaint(method, path, { status, headers, text }) {
      const operations = routes.find(({ pattern }) => pattern.test(path.split("?")[0]!))?.operations;
      const operation = operations?.[method === "HEAD" ? "get" : method.toLowerCase()];
      // What is no operation is not found, and needs no documentation.
      if (operation === undefined)
        return [400, 404, 405].includes(status) ? undefined : `${status} from nowhere`;
      // A stream has no head.
      if (method === "HEAD" && status === 405 && operation.operationId === "followDocument") return undefined;
      const response = operation.responses[status];
      if (response === undefined) return `${operation.operationId} answers ${status}: ${text.slice(0, 300)}`;
      if (method === "HEAD" || text === "") return undefined;
      const type = (headers.get("content-type") ?? "").split(";")[0]!;
      const schema = response.content?.[type]?.schema;
      if (schema === undefined) return `${operation.operationId} answers ${status} as ${type}`;
      if (!type.endsWith("json")) return undefined;
      const validate = validators.get(schema) ?? ajv.compile(schema);
      validators.set(schema, validate);
      return validate(JSON.parse(text))
        ? undefined
        : `${operation.operationId} ${status}: ${ajv.errorsText(validate.errors)}: ${text.slice(0, 300)}`;
    },
  };
}

export interface Calling {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface TestedApi {
  readonly server: RunningServer;
  readonly documentation: Documentation;
  /** Calls, and demands a documented answer. */
  call(method: string, path: string, calling?: Calling): Promise<Answered>;
  /** Calls, and demands that problem. */
  refused(method: string, path: string, code: FaultCode, calling?: Calling): Promise<Answered>;
}

/** A server over memory, unless the options say otherwise. */
export async function startApi(options: ServerOptions = {}): Promise<TestedApi> {
  const server = await startServer({ database: "memory:", ...options });
  const documentation = await documentationOf(server);

  async function call(method: string, path: string, { body, headers = {} }: Calling = {}): Promise<Answered> {
    const sent =
      body === undefined
        ? { headers }
        : { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
    const answer = await callPlainly(server, path, { method, ...sent });
    expect(documentation.complaint(method, path, answer)).to.equal(undefined);
    return answer;
  }

  return {
    server,
    documentation,
    call,
    async refused(method, path, code, calling) {
      const answer = await call(method, path, calling);
      expectProblem(answer, answer.status, code);
      return answer;
    },
  };
}
