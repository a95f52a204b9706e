-- A database as the first released version wrote it: application id, tables and rows.
-- It has documents with snapshots, one that was deleted and made anew, one deleted, one whose history was pruned.
PRAGMA application_id = 1229737812;
PRAGMA user_version = 1;
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE documents (
  key        INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  id         TEXT NOT NULL,
  type       TEXT,
  version    INTEGER NOT NULL,
  pruned     INTEGER NOT NULL,
  title      TEXT NOT NULL,
  folded     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  meta       TEXT,
  digest     BLOB NOT NULL,
  UNIQUE (collection, id)
) STRICT;
CREATE INDEX documents_newest ON documents (collection, updated_at DESC, key DESC) WHERE type IS NOT NULL;
CREATE TABLE ops (
  document INTEGER NOT NULL REFERENCES documents (key),
  version  INTEGER NOT NULL,
  src      TEXT,
  seq      INTEGER,
  body     TEXT NOT NULL,
  meta     TEXT,
  digest   BLOB NOT NULL,
  PRIMARY KEY (document, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE submissions (
  document INTEGER NOT NULL REFERENCES documents (key),
  src      TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  version  INTEGER NOT NULL,
  hash     BLOB NOT NULL,
  digest   BLOB NOT NULL,
  PRIMARY KEY (document, src, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshots (
  document INTEGER NOT NULL REFERENCES documents (key),
  version  INTEGER NOT NULL,
  type     TEXT,
  data     TEXT,
  digest   BLOB NOT NULL,
  PRIMARY KEY (document, version)
) STRICT;
INSERT INTO meta (name, value) VALUES ('secret', x'63ac313d0b602bf0855f83bc1ec7b3b34ef851ea57a7ea0183f4846fd12abf30');
INSERT INTO documents (key, collection, id, type, version, pruned, title, folded, created_at, updated_at, meta, digest) VALUES (1, 'documents', 'plain', 'http://sharejs.org/types/text-unicode', 9, 0, 'again!', 'again!', 1000000, 1000000, '{"mtime":1000000}', x'a1e6af39075df3861ee2672875bacee6');
INSERT INTO documents (key, collection, id, type, version, pruned, title, folded, created_at, updated_at, meta, digest) VALUES (2, 'documents', 'rich', 'https://interline.dev/types/rich-text', 2, 0, 'Title', 'title', 1000000, 1000000, '{"mtime":1000000}', x'282f4d2ac6c27730b544cd227d75aa22');
INSERT INTO documents (key, collection, id, type, version, pruned, title, folded, created_at, updated_at, meta, digest) VALUES (3, 'documents', 'gone', NULL, 2, 0, '', '', 1000000, 1000000, NULL, x'a966bd3ad55aafd5ab7c735c70ea8424');
INSERT INTO documents (key, collection, id, type, version, pruned, title, folded, created_at, updated_at, meta, digest) VALUES (4, 'documents', 'pruned', 'http://sharejs.org/types/text-unicode', 7, 4, '7654321', '7654321', 1000000, 1000000, '{"mtime":1000000}', x'b26f1b4bc2e5bc7436321db5416faaa4');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 1, NULL, NULL, '{"create":{"type":"http://sharejs.org/types/text-unicode","data":"Grüße 👻\nand more"}}', '{"ts":1000000}', x'e25f0fa9b560addd94d07f19f2001e37');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 2, 'ann', 1, '{"op":[1,"<1>"]}', '{"ts":1000000}', x'4d155dc975ddd917d7a9585faf701f1d');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 3, 'ann', 2, '{"op":[2,"<2>"]}', '{"ts":1000000}', x'00da41860ca7384ece66b4df98fcd1ff');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 4, 'ann', 3, '{"op":[3,"<3>"]}', '{"ts":1000000}', x'9339f2b967ff0767a57e3834ba084b00');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 5, 'ann', 4, '{"op":[4,"<4>"]}', '{"ts":1000000}', x'4cc8aa88e508ac2864be11602ac7dbc1');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 6, 'ann', 5, '{"op":[5,"<5>"]}', '{"ts":1000000}', x'fdc2add3f9e8d88a56686057e0aeaa0e');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 7, NULL, NULL, '{"del":true}', '{"ts":1000000}', x'ed70b6eff919e8f8c349b1c1b1a4c7bc');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 8, NULL, NULL, '{"create":{"type":"http://sharejs.org/types/text-unicode","data":"again"}}', '{"ts":1000000}', x'e1a6fa57f5af6bdf20bdb1ed388f46df');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (1, 9, 'ann', 6, '{"op":[5,"!"]}', '{"ts":1000000}', x'9e4c1538cce7596ead2dfd8cd443904e');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (2, 1, NULL, NULL, '{"create":{"type":"https://interline.dev/types/rich-text","data":[{"i":"\n","a":{"t":"h1"}},"Title"]}}', '{"ts":1000000}', x'7a5c2c9565378d8a6c38c4a28dac727d');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (2, 2, 'bo', 1, '{"op":[1,{"r":5,"a":{"b":1}}]}', '{"ts":1000000}', x'5a94334bc24a9bacd3efab1929ca7ff4');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (3, 1, NULL, NULL, '{"create":{"type":"http://sharejs.org/types/text-unicode","data":""}}', '{"ts":1000000}', x'53bd0a0afb5902531e96e38b9c7c8dee');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (3, 2, NULL, NULL, '{"del":true}', '{"ts":1000000}', x'd45e82df28b4b4e5b0f704dc312ed1d3');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (4, 5, 'cy', 5, '{"op":["5"]}', '{"ts":1000000}', x'b030c9a4b1a8748d51824e354dd09eb7');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (4, 6, 'cy', 6, '{"op":["6"]}', '{"ts":1000000}', x'9de3eb695f049672464e1e07a8d2a4f3');
INSERT INTO ops (document, version, src, seq, body, meta, digest) VALUES (4, 7, 'cy', 7, '{"op":["7"]}', '{"ts":1000000}', x'1378b128b5ea96f457534a11ecb36b11');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (1, 'ann', 1, 2, x'1d5f78fcf28b4e51d7200b04128646626a25930b743e9dd86eb1dbd0a37ca831', x'5c47ccbaebed1e3fcce24cbd40f1bb23');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (1, 'ann', 2, 3, x'fef3cfdfb8cf7b0bc4309fcb02309d4b83aa2da1190eb0d76ec73d1fdcf5a03d', x'40700227bbaf058a674382980baee1f4');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (1, 'ann', 3, 4, x'7da0cb0289e3dc5990bb4490f28ea4b3d00628f3c474af53a945149da6ce230d', x'a43c333ba3c2f56a7623ab38012a2de8');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (1, 'ann', 4, 5, x'da4432cf92025b364fda757f6cea56cb7c28fd548ab8e45de340f3dbcbce1f89', x'31e56f36d0a1c2b045e921e9640cea2b');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (1, 'ann', 5, 6, x'c597cd30e82fd0c702533a8cc412e84285f50eaac31b0d67f179ee2e0c0a4c4d', x'40e9b9f2e71a0b1e778f2ade8fdaf94a');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (1, 'ann', 6, 9, x'ceac35f7a608be6597360f8fe09b2e183ab105301da872fd72b84acad531f398', x'9425db97bebfe4320edeef4b0d78972d');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (2, 'bo', 1, 2, x'1742c5fbb2f9470dc8fc5b324cc479421eb4975682e6eef6f41793dfe4f6d4b4', x'ff12df94172dba4dabf34339f978fe67');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (4, 'cy', 2, 2, x'd92e65a18f482ff8a0c771df39bd2e44b33ed8019c282cd034fc905147c2bae2', x'9a0672cbd8e7484ec177a94ae1edf134');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (4, 'cy', 3, 3, x'96510f282806c9a41d2ea6579eac135bcdb2b206d06b366860958219aca65b9c', x'3a65470fe8d04f571cafe612da6c8feb');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (4, 'cy', 4, 4, x'eee01c609caefe05f57f10464cd7192232d1901fddb75e54f5611182175df67c', x'c46246c4fe62b57b6ac78ca882fd86f4');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (4, 'cy', 5, 5, x'c7d1ccdefebc192620dc4544bba3f61cbfbdb516eac51b98eb3b2b14e20ea244', x'3a0fdbf18dbeb9d7c3f9a28dca65d495');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (4, 'cy', 6, 6, x'97c47e976fb35096f1671fd9452d95f5687e5a7dae8254f8bde4275bfc1425b4', x'179ed32f3cad2b2f9c65ac1c65fb4c02');
INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (4, 'cy', 7, 7, x'09427a4e9e9246a3682c99b421d8cd791d902970dcca8a919aa80671ac3f83c8', x'682774d34e98e43c27416899123e541c');
INSERT INTO snapshots (document, version, type, data, digest) VALUES (1, 4, 'http://sharejs.org/types/text-unicode', '"G<<<3>2>1>rüße 👻\nand more"', x'5e26dfea38c4dec235c4f700aeaa1834');
INSERT INTO snapshots (document, version, type, data, digest) VALUES (1, 8, 'http://sharejs.org/types/text-unicode', '"again"', x'1fb8cb874b9987bd254ca5f907034663');
INSERT INTO snapshots (document, version, type, data, digest) VALUES (4, 4, 'http://sharejs.org/types/text-unicode', '"4321"', x'82b8a16664a65127b0028e5e5cba333c');
