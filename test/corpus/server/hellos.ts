// What somebody may say of themselves first, as Socket.IO's first packet or the body in it, and what becomes of it: a
// fault, "welcome" as somebody new, or "silence" and the end of the line.

import { hostileHello, nested } from "./vector.js";

const token = (header: string, claims: string) =>
  `${Buffer.from(header).toString("base64url")}.${Buffer.from(claims).toString("base64url")}.AAAA`;

export const hellos = [
  ...hostileHello(
    "message_malformed",
    "",
    "1",
    "{}",
    '{"protocol":null}',
    '{"protocol":"1"}',
    '{"protocol":1.5}',
    '{"protocol":-1e999}',
    '{"protocol":[1]}',
    '{"protocol":1,"admin":true}',
    '{"protocol":1,"token":1}',
    '{"protocol":1,"token":["x"]}',
    '{"protocol":1,"token":{"toString":"x"}}',
    `{"protocol":1,"token":"${"x".repeat(8193)}"}`,
    '{"protocol":1,"name":1}',
    '{"protocol":1,"name":{"x":1}}',
    `{"protocol":1,"name":"${"x".repeat(201)}"}`,
    '{"protocol":1,"client":"x"}',
    '{"protocol":1,"client":{}}',
    '{"protocol":1,"client":{"id":"x"}}',
    '{"protocol":1,"client":{"id":1,"ticket":"x"}}',
    '{"protocol":1,"client":{"id":"x","ticket":"x","user":"x"}}',
    '{"protocol":1,"constructor":{"prototype":{}}}',
    `{"protocol":1,"name":${nested(3000)}}`,
  ),
  ...hostileHello(
    "bad_unicode",
    '{"protocol":1,"name":"\\ud800"}',
    '{"protocol":1,"name":"a\\u0000"}',
    '{"protocol":1,"token":"\\udc00"}',
  ),
  ...hostileHello(
    "protocol_unsupported",
    '{"protocol":0}',
    '{"protocol":3}',
    '{"protocol":9007199254740991}',
    '{"protocol":3,"anything":{}}',
  ),
  ...hostileHello(
    "unauthenticated",
    '{"protocol":1,"token":""}',
    '{"protocol":1,"token":"x"}',
    '{"protocol":1,"token":"a.b.c"}',
    '{"protocol":1,"token":"..."}',
    `{"protocol":1,"token":"${token('{"alg":"none"}', '{"sub":"ann"}')}"}`,
    `{"protocol":1,"token":"${token('{"alg":"HS256"}', '{"sub":"ann"}')}"}`,
    `{"protocol":1,"token":"${token('{"alg":"RS256","jku":"https://evil.example"}', '{"sub":"ann"}')}"}`,
    `{"protocol":1,"token":"${token('{"alg":"HS256","crit":["x"]}', '{"sub":"ann"}')}"}`,
    `{"protocol":1,"token":"${token("not json", "{}")}"}`,
  ),
  // Nobody gets the name they ask for without its ticket; they come in as somebody new.
  ...hostileHello(
    "welcome",
    '{"protocol":1,"client":{"id":"$HONEST","ticket":"x"}}',
    '{"protocol":1,"client":{"id":"$HONEST","ticket":""}}',
    '{"protocol":1,"client":{"id":"__proto__","ticket":"x"}}',
    '{"protocol":1,"name":"<img src=x onerror=alert(1)>"}',
    '{"protocol":1,"name":"\\u202eAdmin\\u200b\\u0007"}',
    '{"protocol":1,"name":""}',
  ),
  ...hostileHello(
    "silence",
    "[",
    "{",
    '{"protocol":1',
    "[]",
    "null",
    '"x"',
    '/admin,{"protocol":1}',
    '/doc:plain,{"protocol":1}',
    nested(100_000, ""),
  ),
];
