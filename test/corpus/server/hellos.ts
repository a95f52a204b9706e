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
    '{"protocol":3,"admin":true}',
    '{"protocol":3,"token":1}',
    '{"protocol":3,"token":["x"]}',
    '{"protocol":3,"token":{"toString":"x"}}',
    `{"protocol":3,"token":"${"x".repeat(8193)}"}`,
    '{"protocol":3,"name":1}',
    '{"protocol":3,"name":{"x":1}}',
    `{"protocol":3,"name":"${"x".repeat(201)}"}`,
    '{"protocol":3,"client":"x"}',
    '{"protocol":3,"client":{}}',
    '{"protocol":3,"client":{"id":"x"}}',
    '{"protocol":3,"client":{"id":1,"ticket":"x"}}',
    '{"protocol":3,"client":{"id":"x","ticket":"x","user":"x"}}',
    '{"protocol":3,"constructor":{"prototype":{}}}',
    '{"protocol":5,"opens":null}',
    '{"protocol":5,"opens":{"length":1,"0":{"doc":"x"}}}',
    `{"protocol":5,"opens":[${Array(17).fill("{}").join()}]}`,
    `{"protocol":3,"name":${nested(3000)}}`,
  ),
  ...hostileHello(
    "bad_unicode",
    '{"protocol":3,"name":"\\ud800"}',
    '{"protocol":3,"name":"a\\u0000"}',
    '{"protocol":3,"token":"\\udc00"}',
  ),
  ...hostileHello(
    "protocol_unsupported",
    '{"protocol":1}',
    '{"protocol":6}',
    '{"protocol":9007199254740991}',
    '{"protocol":6,"anything":{}}',
  ),
  ...hostileHello(
    "unauthenticated",
    '{"protocol":3,"token":""}',
    '{"protocol":3,"token":"x"}',
    '{"protocol":3,"token":"a.b.c"}',
    '{"protocol":3,"token":"..."}',
    `{"protocol":3,"token":"${token('{"alg":"none"}', '{"sub":"ann"}')}"}`,
    `{"protocol":3,"token":"${token('{"alg":"HS256"}', '{"sub":"ann"}')}"}`,
    `{"protocol":3,"token":"${token('{"alg":"RS256","jku":"https://evil.example"}', '{"sub":"ann"}')}"}`,
    `{"protocol":3,"token":"${token('{"alg":"HS256","crit":["x"]}', '{"sub":"ann"}')}"}`,
    `{"protocol":3,"token":"${token("not json", "{}")}"}`,
  ),
  // Nobody gets the name they ask for without its ticket; they come in as somebody new.
  ...hostileHello(
    "welcome",
    '{"protocol":3,"client":{"id":"$HONEST","ticket":"x"}}',
    '{"protocol":3,"client":{"id":"$HONEST","ticket":""}}',
    '{"protocol":3,"client":{"id":"__proto__","ticket":"x"}}',
    '{"protocol":3,"name":"<img src=x onerror=alert(1)>"}',
    '{"protocol":3,"name":"\\u202eAdmin\\u200b\\u0007"}',
    '{"protocol":3,"name":""}',
  ),
  ...hostileHello(
    "silence",
    "[",
    "{",
    '{"protocol":3',
    "[]",
    "null",
    '"x"',
    '/admin,{"protocol":3}',
    '/doc:plain,{"protocol":3}',
    nested(100_000, ""),
  ),
];
