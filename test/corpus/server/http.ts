// Requests over HTTP that no client of ours sends, as they stand on the wire, and the status they are answered with; 0:
// no answer, and the end of the line. `$P` is the port. A fault is named where the answer is a problem document.

import type { FaultCode } from "../../../protocol/index.js";

export interface HostileRequest {
  readonly text: string;
  readonly status: readonly number[];
  readonly fault?: FaultCode;
}

const host = "Host: 127.0.0.1:$P\r\nConnection: close\r\n";
const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\n${host}${headers}\r\n`;
const post = (path: string, body: string, headers = "") =>
  `POST ${path} HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
const request = (text: string, status: number | readonly number[], fault?: FaultCode): HostileRequest => ({
  text,
  status: [status].flat(),
  ...(fault === undefined ? {} : { fault }),
});
const create = (body: string) => post("/v1/documents", body);

export const httpRequests: readonly HostileRequest[] = [
  ...[
    "../../etc/passwd",
    "%2e%2e/%2e%2e/etc/passwd",
    "assets/../../package.json",
    "assets/%2e%2e%2fpackage.json",
    "nothing",
    "d/__proto__",
  ].map((path) => request(get(`/${path}`), [400, 404])),
  ...["__proto__", "constructor", "a.b", "%00", "a%2fb", "%e9", "a%20b", "a".repeat(129)].map((id) =>
    request(get(`/v1/documents/${id}`), [400, 414], undefined),
  ),
  request(get("/v1/documents/missing"), 404, "forbidden"),
  request(get("/v1/documents/secret"), 404, "forbidden"),
  request(get("/v1/documents/plain?format=exe"), 400, "message_malformed"),
  request(get("/v1/documents/plain?format=json&format=text"), 400, "message_malformed"),
  request(get(`/v1/documents?search=${"a".repeat(501)}`), 400, "message_malformed"),
  request(get("/v1/documents?search=%00"), 400, "message_malformed"),
  request(get("/v1/documents?cursor=nonsense"), 400, "message_malformed"),
  request(get("/v1/documents?search=a&search=b"), 400, "message_malformed"),
  request(get("/v1/documents", "Authorization: Bearer x\r\n"), 401, "unauthenticated"),
  request(
    get("/v1/documents", "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.\r\n"),
    401,
    "unauthenticated",
  ),
  request(get("/v1/documents", "Origin: https://evil.example\r\n"), 403, "origin_refused"),
  request(get("/v1/documents", "Origin: null\r\n"), 403, "origin_refused"),
  request(get("/v1/documents").replace("127.0.0.1:$P", "evil.example"), 403, "origin_refused"),
  request(get("/socket.io/?EIO=4&transport=polling", "Origin: https://evil.example\r\n"), 403),
  request(get("/socket.io/?EIO=4&transport=nonsense"), 400),
  request(get("/socket.io/?EIO=4&transport=polling&sid=__proto__"), 400),
  request(get("/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA"), 400),
  request(post("/socket.io/?EIO=4&transport=polling", "40"), 400),
  ...["", "x", "[]", "null", "7", '"x"', "{", '{"type":"plain"', "\u0000"].map((body) =>
    request(create(body), 400, "message_malformed"),
  ),
  ...[
    "{}",
    '{"type":"json0"}',
    '{"type":["plain"]}',
    '{"type":"plain","x":1}',
    '{"type":"plain","text":1}',
    '{"type":"plain","text":"a","snapshot":"b"}',
    '{"__proto__":{"type":"plain"}}',
    '{"type":"plain","constructor":{"prototype":{}}}',
  ].map((body) => request(create(body), 400, "message_malformed")),
  ...["__proto__", "", "a/b", "-a"].map((id) =>
    request(create(`{"type":"plain","id":"${id}"}`), 400, "bad_name"),
  ),
  request(create('{"type":"plain","id":"plain"}'), 409, "document_exists"),
  // A new document's text was once held to less than an op's, and the last of these was taken.
  ...[
    '{"type":"plain","text":"\\ud800"}',
    '{"type":"plain","text":"a\\u0000"}',
    '{"type":"plain","text":"\\u001b"}',
  ].map((body) => request(create(body), 400, "bad_unicode")),
  ...['["a"]', "{}", "7", '[{"d":1}]', '["\\n",{"r":1}]', "[true]"].map((snapshot) =>
    request(create(`{"type":"rich","snapshot":${snapshot}}`), 400, "op_malformed"),
  ),
  request(create('{"type":"rich","snapshot":["\\n",{"i":"a","a":{"l":"javascript:x"}}]}'), 400, "bad_url"),
  request(create(`{"type":"rich","snapshot":${"[".repeat(20)}${"]".repeat(20)}}`), 400, "op_too_complex"),
  request(create(`{"type":"plain","text":"${"a".repeat(100_001)}"}`), 413, "document_too_large"),
  ...["text/plain", "application/xml"].map((type) =>
    request(create('{"type":"plain"}').replace("application/json", type), 415, "media_type_unsupported"),
  ),
  request(post("/token", '{"name":1}'), 400, "message_malformed"),
  request(post("/token", '{"admin":true}'), 400, "message_malformed"),
  request(post("/token", `{"name":"${"x".repeat(201)}"}`), 400, "message_malformed"),
  ...["PUT", "PATCH", "TRACE", "PROPFIND"].map((method) =>
    request(get("/v1/documents/plain").replace("GET", method), [400, 404, 405]),
  ),
  // Not HTTP, or two requests in one.
  request("\r\n\r\n\u0000\u0001\u0002", [0, 400]),
  request("GET / HTTP/9.9\r\n\r\n", [0, 400, 505]),
  request("GET /\r\n\r\n", [0, 400, 403]),
  request(`GET / HTTP/1.1\r\n${host}X: ${"a".repeat(20_000)}\r\n\r\n`, [0, 400, 431]),
  request(
    `POST /token HTTP/1.1\r\n${host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    [0, 400],
  ),
  request(`POST /token HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, [0, 400]),
  request(`POST /token HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`, [0, 400]),
  request(
    `POST /v1/documents HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`,
    [413],
    "document_too_large",
  ),
];
