// What honest clients say, as it stood on the wire: the material that `test/server/mutations.ts` mangles. `$V` is a
// version of the document near its head, `$S` a seq not used before, `$D` a document of one's own.

/** Socket.IO events: their names and bodies. */
export const events: readonly string[] = [
  '["open",{"doc":"plain","type":"plain","create":true}]',
  '["open",{"doc":"rich","type":"rich","create":true}]',
  '["open",{"doc":"honest","type":"rich","create":false}]',
  '["open",{"doc":"plain","type":"plain","create":false,"since":$V,"epoch":"1"}]',
  '["open",{"doc":"$D","type":"rich","create":true}]',
  '["submit",{"doc":"plain","version":$V,"seq":$S,"op":["hello 👻\\n"]}]',
  '["submit",{"doc":"plain","version":$V,"seq":$S,"op":[3,{"d":2},"é"]}]',
  '["submit",{"doc":"plain","version":$V,"seq":$S,"op":[{"d":1},1,"b",2,{"d":1}]}]',
  '["submit",{"doc":"plain","version":$V,"seq":$S,"op":["a"],"client":{"id":"PXgtDXxjBoQb","ticket":"YgOyW3RU8xveM64oR7I9bWWq-kdeUNzmCaHk_xZahg0"}}]',
  '["submit",{"doc":"rich","version":$V,"seq":$S,"op":[1,"words"]}]',
  '["submit",{"doc":"rich","version":$V,"seq":$S,"op":[1,{"i":"bold","a":{"b":true}}]}]',
  '["submit",{"doc":"rich","version":$V,"seq":$S,"op":[1,{"i":"here","a":{"l":"https://example.org/?q=1#a","fg":"#c00"}}]}]',
  '["submit",{"doc":"rich","version":$V,"seq":$S,"op":[1,{"i":{"image":{"src":"https://example.org/a.png","alt":"A"}}}]}]',
  '["submit",{"doc":"rich","version":$V,"seq":$S,"op":[1,{"i":"\\n","a":{"t":"h1"}},"Title"]}]',
  '["submit",{"doc":"rich","version":$V,"seq":$S,"op":[1,{"i":{"hr":1,"blk":true}}]}]',
  '["submit",{"doc":"rich","version":$V,"seq":$S,"op":[{"r":1,"b":{"t":"li","d":1}}]}]',
  '["submit",{"doc":"rich","version":$V,"seq":$S,"op":[1,{"r":2,"a":{"b":true,"i":null}},{"d":1}]}]',
  '["submit",{"doc":"honest","version":$V,"seq":$S,"op":[1,"not mine to write"]}]',
  '["ops",{"doc":"plain","since":$V}]',
  '["ops",{"doc":"rich","since":1}]',
  '["leave",{"doc":"$D"}]',
  '["refresh",{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.sgkTSAEBRR6HcLPfAkPMb8ZzSFPmyJcOdHXqxgPyJ1Y"}]',
  '["presence",{"doc":"plain","n":$S,"version":$V,"seq":0,"selection":{"anchor":1,"head":3},"activity":"typing"}]',
  '["presence",{"doc":"rich","n":$S,"version":$V,"seq":0,"selection":null,"activity":"away"}]',
];

/** What a connection says of itself first. */
export const hellos: readonly string[] = [
  '{"protocol":3}',
  '{"protocol":3,"name":"Ann"}',
  '{"protocol":4,"name":"Ann"}',
  '{"protocol":5,"opens":[{"doc":"plain","type":"plain","create":true,"packed":true},{"doc":"rich","type":"rich","create":false,"since":1}]}',
  '{"protocol":3,"name":"Bo","client":{"id":"PXgtDXxjBoQb","ticket":"YgOyW3RU8xveM64oR7I9bWWq-kdeUNzmCaHk_xZahg0"}}',
  '{"protocol":3,"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.sgkTSAEBRR6HcLPfAkPMb8ZzSFPmyJcOdHXqxgPyJ1Y"}',
];

/** Requests over HTTP, with `$P` for the port. */
export const requests: readonly string[] = [
  "GET / HTTP/1.1\r\nHost: 127.0.0.1:$P\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
  "GET /v1/documents?search=a&cursor= HTTP/1.1\r\nHost: 127.0.0.1:$P\r\nConnection: close\r\n\r\n",
  'GET /v1/documents/plain?format=json HTTP/1.1\r\nHost: 127.0.0.1:$P\r\nIf-None-Match: "3"\r\nConnection: close\r\n\r\n',
  'POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1:$P\r\nContent-Type: application/json\r\nContent-Length: 29\r\nConnection: close\r\n\r\n{"type":"plain","text":"new"}',
  'POST /token HTTP/1.1\r\nHost: 127.0.0.1:$P\r\nContent-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{"name":"Ann"}',
  "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1:$P\r\nOrigin: http://127.0.0.1:$P\r\nConnection: close\r\n\r\n",
  "POST /socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: 127.0.0.1:$P\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: 2\r\nConnection: close\r\n\r\n40",
  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:$P\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
];
