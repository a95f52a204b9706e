// Messages that reach for what is not theirs, or for what is not there: other people's documents and names, versions and
// seqs that are no numbers, requests of other kinds. `readonly` may be looked at, `secret` may not, `own` is the
// stranger's, who has committed an op of the seq 999999 there.

import { messages, nested } from "./vector.js";

const numbers = [
  "-1",
  "-0.5",
  "1.5",
  "1e999",
  "1e300",
  "9007199254740992",
  '"1"',
  "true",
  "[]",
  "{}",
  "[1]",
  nested(300),
];

/** What stands for no number, wherever one is asked for. */
export const notNumbers = numbers.flatMap((number) =>
  messages(
    "message_malformed",
    `["submit",{"doc":"own","version":${number},"seq":$S,"op":["a"]}]`,
    `["submit",{"doc":"own","version":$V,"seq":${number},"op":["a"]}]`,
    `["ops",{"doc":"own","since":${number}}]`,
    `["open",{"doc":"own","type":"plain","create":false,"since":${number}}]`,
  ),
);

const wrongNames = [
  "__proto__",
  "constructor",
  "toString",
  "valueOf",
  "",
  "a/b",
  "..",
  "a\\u0000",
  "é",
  "a b",
  "a".repeat(129),
];

export const wrongPlaces = [
  ...wrongNames.flatMap((name) => [
    ...messages(
      "bad_name",
      `["leave",{"doc":"${name}"}]`,
      `["submit",{"doc":"${name}","version":$V,"seq":$S,"op":["a"]}]`,
    ),
    ...messages(
      "silence",
      `["presence",{"doc":"${name}","n":9,"version":1,"seq":0,"selection":null,"activity":"idle"}]`,
    ),
  ]),
  ...messages(
    "readonly",
    '["submit",{"doc":"readonly","version":1,"seq":$S,"op":["a"]}]',
    '["submit",{"doc":"readonly","version":1,"seq":$S,"op":[]}]',
  ),
  ...messages(
    "forbidden",
    '["open",{"doc":"secret","type":"plain","create":false}]',
    '["open",{"doc":"secret","type":"plain","create":true}]',
    '["open",{"doc":"secret","type":"rich","create":true}]',
    '["open",{"doc":"secret","type":"plain","create":false,"since":0}]',
    '["open",{"doc":"secret","type":"plain","create":false,"since":1,"epoch":"1"}]',
    '["submit",{"doc":"secret","version":1,"seq":$S,"op":["a"]}]',
    '["ops",{"doc":"secret","since":0}]',
    '["ops",{"doc":"secret","since":1}]',
  ),
  ...messages(
    "silence",
    '["presence",{"doc":"secret","n":9,"version":1,"seq":0,"selection":null,"activity":"idle"}]',
  ),
  ...messages("type_mismatch", '["open",{"doc":"own","type":"rich","create":false}]'),
];

const ticket = "YgOyW3RU8xveM64oR7I9bWWq-kdeUNzmCaHk_xZahg0";
const as = (client: string) => `["submit",{"doc":"own","version":$V,"seq":$S,"op":["a"],"client":${client}}]`;

/** In somebody else's name, or under one's own a second time. */
export const names = [
  ...messages(
    "client_unknown",
    as(`{"id":"PXgtDXxjBoQb","ticket":"${ticket}"}`),
    as(`{"id":"PXgtDXxjBoQb","ticket":""}`),
    as(`{"id":"","ticket":"${ticket}"}`),
    as(`{"id":"__proto__","ticket":"${ticket}"}`),
    as(`{"id":"$HONEST","ticket":"${ticket}"}`),
    as(`{"id":"$HONEST","ticket":"$TICKET"}`),
    as(`{"id":"$OWN","ticket":"${ticket}"}`),
    as(`{"id":"$OWN","ticket":"$TICKET$TICKET"}`),
    as(`{"id":"$OWN ","ticket":"$TICKET"}`),
  ),
  ...messages(
    "message_malformed",
    as("null"),
    as('"$OWN"'),
    as("[]"),
    as("{}"),
    as(`{"id":"$OWN"}`),
    as(`{"ticket":"$TICKET"}`),
    as(`{"id":"$OWN","ticket":"$TICKET","user":"x"}`),
    as(`{"id":["$OWN"],"ticket":"$TICKET"}`),
    as(`{"id":"${"a".repeat(65)}","ticket":"$TICKET"}`),
    as(`{"id":"$OWN","ticket":"${"a".repeat(129)}"}`),
  ),
  ...messages("bad_unicode", as(`{"id":"\\ud800","ticket":"x"}`), as(`{"id":"x","ticket":"\\u0000"}`)),
  ...messages(
    "seq_reused",
    '["submit",{"doc":"own","version":$V,"seq":999999,"op":["another"]}]',
    '["submit",{"doc":"own","version":1,"seq":999999,"op":[]}]',
    '["submit",{"doc":"own","version":1,"seq":999999,"op":["another"]}]',
    '["submit",{"doc":"own","version":1,"seq":999999,"op":["another"],"client":{"id":"$OWN","ticket":"$TICKET"}}]',
  ),
  ...messages(
    "epoch_changed",
    '["open",{"doc":"own","type":"plain","create":false,"since":1,"epoch":"another"}]',
    '["open",{"doc":"own","type":"plain","create":false,"since":1,"epoch":""}]',
  ),
  ...messages(
    "message_malformed",
    '["open",{"doc":"own","type":"plain","create":false,"since":1,"epoch":1}]',
    `["open",{"doc":"own","type":"plain","create":false,"since":1,"epoch":"${"e".repeat(65)}"}]`,
  ),
  ...messages(
    "bad_unicode",
    '["open",{"doc":"own","type":"plain","create":false,"since":1,"epoch":"\\ud800"}]',
  ),
  ...messages("version_ahead", '["open",{"doc":"own","type":"plain","create":false,"since":1000000}]'),
  ...messages(
    "unauthenticated",
    '["refresh",{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.sgkTSAEBRR6HcLPfAkPMb8ZzSFPmyJcOdHXqxgPyJ1Y"}]',
    '["refresh",{"token":"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."}]',
    '["refresh",{"token":""}]',
    '["refresh",{"token":"x"}]',
  ),
  ...messages(
    "message_malformed",
    '["refresh"]',
    '["refresh",{}]',
    '["refresh",{"token":1}]',
    '["refresh",{"token":null}]',
    '["refresh",{"token":"x","name":"Admin"}]',
    `["refresh",{"token":"${"x".repeat(8193)}"}]`,
  ),
];

/** More than a document may hold, in one message. */
export const sizes = [
  ...messages(
    "document_too_large",
    `["submit",{"doc":"own","version":$V,"seq":$S,"op":["${"a".repeat(100_001)}"]}]`,
    `["submit",{"doc":"plain","version":$V,"seq":$S,"op":["${"é".repeat(100_001)}"]}]`,
    `["submit",{"doc":"rich","version":$V,"seq":$S,"op":[1,"${"👻".repeat(100_001)}"]}]`,
  ),
];
