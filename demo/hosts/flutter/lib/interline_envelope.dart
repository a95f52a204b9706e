// Messages of `interline-bridge/1` as text and back: envelope, size limit, chunks.
//
// What always holds: `read` gives only messages of this bridge and this nonce, at most 256 KiB long; pieces of a long
// message are taken in order and once, at most four messages are unfinished, and together they stay under 16 MiB.

import 'dart:convert';

typedef JsonObject = Map<String, Object?>;

/// Why a request failed, as it crosses the bridge: `denied`, `cancelled`, `unavailable`, `quota`, `failed` …
class InterlineFault implements Exception {
  const InterlineFault(this.code);
  final String code;

  /// The same request may succeed later.
  bool get mayBeRetried => const {'timeout', 'busy', 'unavailable', 'restarted'}.contains(code);

  @override
  String toString() => 'InterlineFault($code)';
}

/// A whole number from 1 on.
int? countOf(Object? value) {
  if (value is! num || value < 1 || value > 9007199254740991 || value != value.roundToDouble()) return null;
  return value.toInt();
}

/// What one message says.
class InterlineContent {
  InterlineContent._(this.kind, this.type, this.number, this.payload, this.fault);

  final String kind;
  final String type;

  /// The number of a request, or of the request that is answered.
  final int number;

  /// null: it is no object.
  final JsonObject? payload;
  final InterlineFault? fault;

  static final _type = RegExp(r'^[A-Za-z][A-Za-z0-9_.-]{0,63}$');

  static InterlineContent? of(JsonObject message) {
    final kind = message['kind'];
    final type = message['type'];
    if (kind is! String || type is! String || !_type.hasMatch(type)) return null;
    final payload = message['payload'] ?? <String, Object?>{};
    final err = message['err'];
    final code = err is JsonObject ? err['code'] : null;
    final fault = err is JsonObject ? InterlineFault(code is String ? code : 'failed') : null;
    int? number = 0;
    if (kind == 'req') {
      number = countOf(message['id']);
    } else if (kind == 'res') {
      number = countOf(message['re']);
    } else if (kind != 'evt') {
      return null;
    }
    if (number == null) return null;
    return InterlineContent._(kind, type, number, payload is JsonObject ? payload : null, fault);
  }
}

/// A message and its place in the stream.
class InterlineMessage {
  InterlineMessage(this.seq, this.content);
  final int seq;
  final InterlineContent content;
}

JsonObject? parseObject(String text) {
  try {
    final value = jsonDecode(text);
    return value is JsonObject ? value : null;
  } on FormatException {
    return null;
  }
}

int utf8Length(String text) => utf8.encode(text).length;

class InterlineEnvelope {
  static const messageBytes = 256 * 1024;
  static const totalBytes = 16 * 1024 * 1024;
  static const parts = 256;

  /// What the envelope and the rest of a chunk may take of a message.
  static const _roomBytes = 512;

  static String write(String sid, int seq, JsonObject content) {
    return jsonEncode({'p': 'interline', 'v': 1, 'sid': sid, 'seq': seq, ...content});
  }

  static InterlineMessage? read(String text, String sid) {
    if (text.length > messageBytes || utf8Length(text) > messageBytes) return null;
    final message = parseObject(text);
    if (message == null || message['p'] != 'interline' || message['v'] != 1) return null;
    final seq = countOf(message['seq']);
    final content = InterlineContent.of(message);
    if (message['sid'] != sid || seq == null || content == null) return null;
    return InterlineMessage(seq, content);
  }

  /// Cuts [text] so that each piece, escaped once more, fits a message. null: it is longer than the bridge carries.
  static List<String>? cut(String text, int messageBytes) {
    if (utf8Length(text) > totalBytes) return null;
    final pieces = <String>[];
    var piece = StringBuffer();
    var bytes = 0;
    for (final rune in text.runes) {
      final cost = _escapedBytes(rune);
      if (bytes + cost > messageBytes - _roomBytes) {
        pieces.add(piece.toString());
        piece = StringBuffer();
        bytes = 0;
      }
      piece.writeCharCode(rune);
      bytes += cost;
    }
    pieces.add(piece.toString());
    return pieces.length > parts ? null : pieces;
  }

  static int _escapedBytes(int rune) {
    if (rune == 0x22 || rune == 0x5c) return 2;
    if (rune < 0x20) return 6;
    if (rune < 0x80) return 1;
    if (rune < 0x800) return 2;
    return rune < 0x10000 ? 3 : 4;
  }
}

class _Unfinished {
  _Unfinished(this.of);
  final int of;
  final pieces = <String>[];
  int bytes = 0;
  int touchedAt = 0;
}

/// Puts the page's chunks together.
class InterlineReassembly {
  static const _idleMs = 10000;
  static const _unfinishedAtMost = 4;

  /// The one that has stood still longest comes first.
  final _unfinished = <int, _Unfinished>{};

  /// The whole text, once the last piece is there.
  String? take(JsonObject chunk, int nowMs) {
    _unfinished.removeWhere((_, found) => nowMs - found.touchedAt >= _idleMs);
    final id = countOf(chunk['id']);
    final of = countOf(chunk['of']);
    final part = chunk['part'];
    final data = chunk['data'];
    if (id == null || of == null || of < 2 || of > InterlineEnvelope.parts || data is! String) return null;
    final found = _unfinished.remove(id) ?? _Unfinished(of);
    if (found.of != of || found.pieces.length != part) return null;
    if (_unfinished.length >= _unfinishedAtMost) _unfinished.remove(_unfinished.keys.first);
    found.pieces.add(data);
    found.bytes += utf8Length(data);
    found.touchedAt = nowMs;
    while (_held + found.bytes > InterlineEnvelope.totalBytes) {
      if (_unfinished.isEmpty) return null;
      _unfinished.remove(_unfinished.keys.first);
    }
    if (found.pieces.length == of) return found.pieces.join();
    _unfinished[id] = found;
    return null;
  }

  void clear() => _unfinished.clear();

  int get _held => _unfinished.values.fold(0, (sum, found) => sum + found.bytes);
}
