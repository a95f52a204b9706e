// Hostile messages around the op: names, shapes, versions, other people's documents, words that mean something to a
// library, notices.

import { messages, nested } from "./vector.js";

export const names = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "isPrototypeOf"],
  ...[
    "",
    " ",
    "-a",
    "_a",
    "a b",
    "a/b",
    "../a",
    "a.b",
    "doc:a",
    "a\\u0000",
    "é",
    "a".repeat(129),
    "a\\n",
    "%61",
    "a*",
  ],
].flatMap((name) =>
  messages(
    "bad_name",
    `["open",{"doc":"${name}","type":"plain","create":true}]`,
    `["ops",{"doc":"${name}","since":0}]`,
  ),
);

export const shapes = [
  ...messages(
    "message_malformed",
    '["open"]',
    '["open",null]',
    '["open",7]',
    '["open","plain"]',
    '["open",[]]',
    '["open",{}]',
  ),
  ...messages(
    "message_malformed",
    '["open",{"doc":7,"type":"plain","create":true}]',
    '["open",{"doc":["plain"],"type":"plain","create":true}]',
  ),
  ...messages(
    "message_malformed",
    '["open",{"doc":"plain","type":"json0","create":true}]',
    '["open",{"doc":"plain","type":["plain"],"create":true}]',
  ),
  ...messages(
    "message_malformed",
    '["open",{"doc":"plain","type":"plain"}]',
    '["open",{"doc":"plain","type":"plain","create":1}]',
  ),
  ...messages(
    "message_malformed",
    '["open",{"doc":"plain","type":"plain","create":true,"since":-1}]',
    '["open",{"doc":"plain","type":"plain","create":true,"since":1.5}]',
  ),
  ...messages(
    "message_malformed",
    '["open",{"doc":"plain","type":"plain","create":true,"since":1e999}]',
    '["open",{"doc":"plain","type":"plain","create":true,"since":"1"}]',
  ),
  ...messages(
    "message_malformed",
    '["open",{"doc":"plain","type":"plain","create":true,"src":"x"}]',
    '["open",{"doc":"plain","type":"plain","create":true},{}]',
  ),
  ...messages("message_malformed", '["open",{"__proto__":{"doc":"plain"},"type":"plain","create":true}]'),
  ...messages(
    "message_malformed",
    `["open",${nested(5000)}]`,
    `["open",{"doc":${nested(5000)},"type":"plain","create":true}]`,
  ),
  ...messages(
    "message_malformed",
    '["submit",{"doc":"plain","version":$V,"seq":0,"op":["a"]}]',
    '["submit",{"doc":"plain","version":$V,"seq":-1,"op":["a"]}]',
  ),
  ...messages(
    "message_malformed",
    '["submit",{"doc":"plain","version":$V,"seq":1.5,"op":["a"]}]',
    '["submit",{"doc":"plain","version":$V,"seq":"1","op":["a"]}]',
  ),
  ...messages(
    "message_malformed",
    '["submit",{"doc":"plain","version":null,"seq":$S,"op":["a"]}]',
    '["submit",{"doc":"plain","seq":$S,"op":["a"]}]',
  ),
  ...messages(
    "message_malformed",
    '["submit",{"doc":"plain","version":-1,"seq":$S,"op":["a"]}]',
    '["submit",{"doc":"plain","version":1e300,"seq":$S,"op":["a"]}]',
  ),
  // Nobody says who they are but the server.
  ...messages(
    "message_malformed",
    '["submit",{"doc":"plain","version":$V,"seq":$S,"op":["a"],"src":"somebodyelse"}]',
  ),
  ...messages(
    "message_malformed",
    '["submit",{"doc":"plain","version":$V,"seq":$S,"op":["a"],"author":"somebody"}]',
  ),
  ...messages(
    "message_malformed",
    '["submit",{"doc":"plain","version":$V,"seq":$S,"op":["a"],"__proto__":{}}]',
  ),
  ...messages(
    "version_ahead",
    '["submit",{"doc":"plain","version":1000000,"seq":$S,"op":["a"]}]',
    '["ops",{"doc":"plain","since":1000000}]',
  ),
  ...messages("version_ahead", '["submit",{"doc":"plain","version":9007199254740991,"seq":$S,"op":["a"]}]'),
  ...messages(
    "forbidden",
    '["open",{"doc":"missing","type":"plain","create":false}]',
    '["open",{"doc":"missing","type":"rich","create":false,"since":3}]',
  ),
  ...messages(
    "forbidden",
    '["submit",{"doc":"never-opened","version":1,"seq":$S,"op":["a"]}]',
    '["ops",{"doc":"never-opened","since":0}]',
  ),
  ...messages("type_mismatch", '["open",{"doc":"plain","type":"rich","create":true}]'),
  ...messages(
    "message_malformed",
    '["ops",{"doc":"plain"}]',
    '["ops",{"doc":"plain","since":[0]}]',
    '["leave",{"doc":"plain","why":1}]',
    '["leave"]',
  ),
  // Words that mean something to a library, or nothing to anybody.
  ...messages(
    "message_malformed",
    '["qs",{"c":"documents","q":{}}]',
    '["subscribe",{}]',
    '["error",{}]',
    '["__proto__",{}]',
    '["constructor",{}]',
  ),
  ...messages(
    "message_malformed",
    '["",{}]',
    '["welcome",{}]',
    '["hasOwnProperty",{"doc":"plain"}]',
    "[7,{}]",
    '["presence",{}]',
  ),
];

/** Sent without an acknowledgement: nothing may come of them, for their sender or anybody else. */
export const notices = messages(
  "silence",
  '["presence"]',
  '["presence",null]',
  '["presence",{"doc":"plain"}]',
  '["presence",{"doc":"plain","n":1,"version":1,"seq":0,"selection":{"anchor":-1,"head":0},"activity":"active"}]',
  '["presence",{"doc":"plain","n":1,"version":1,"seq":0,"selection":{"anchor":0.5,"head":0},"activity":"active"}]',
  '["presence",{"doc":"plain","n":1,"version":1,"seq":0,"selection":{"anchor":1e999,"head":0},"activity":"active"}]',
  '["presence",{"doc":"plain","n":1,"version":1,"seq":0,"selection":null,"activity":"<script>"}]',
  '["presence",{"doc":"plain","n":1,"version":1,"seq":0,"selection":null,"activity":"active","src":"somebodyelse"}]',
  '["presence",{"doc":"plain","n":1,"version":1,"seq":0,"selection":null,"activity":"active","name":"Admin"}]',
  '["presence",{"doc":"never-opened","n":1,"version":1,"seq":0,"selection":null,"activity":"active"}]',
  '["presence",{"doc":"__proto__","n":1,"version":1,"seq":0,"selection":null,"activity":"active"}]',
  `["presence",${nested(5000)}]`,
  '["submit",{"doc":"plain","version":$V,"seq":$S,"op":["a"]}]',
  '["open",{"doc":"unasked","type":"plain","create":true}]',
  '["nothing of that name",{}]',
  '["presence",1,2,3]',
);
