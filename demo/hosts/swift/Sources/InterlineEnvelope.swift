// Messages of `interline-bridge/1` as text and back: envelope, size limit, chunks.
//
// What always holds: `read` gives only messages of this bridge and this nonce, at most 256 KiB long; pieces of a long
// message are taken in order and once, at most four messages are unfinished, and together they stay under 16 MiB.

import Foundation

public typealias InterlineObject = [String: Any]

/// Why a request failed, as it crosses the bridge: `denied`, `cancelled`, `unavailable`, `quota`, `failed` …
public struct InterlineFault: Error, Equatable {
  public let code: String
  public init(_ code: String) { self.code = code }
}

/// What one message says.
struct InterlineContent {
  let kind: String
  let type: String
  /// The number of a request, or of the request that is answered.
  let number: Int
  /// nil: not an object, or not there.
  let payload: InterlineObject?
  let hasPayload: Bool
  let fault: InterlineFault?

  init?(_ message: InterlineObject) {
    guard let kind = message["kind"] as? String, let type = message["type"] as? String,
      type.range(of: "^[A-Za-z][A-Za-z0-9_.-]{0,63}$", options: .regularExpression) != nil
    else { return nil }
    self.kind = kind
    self.type = type
    hasPayload = message["payload"] != nil && !(message["payload"] is NSNull)
    payload = hasPayload ? message["payload"] as? InterlineObject : [:]
    let err = message["err"] as? InterlineObject
    fault = err.map { InterlineFault($0["code"] as? String ?? "failed") }
    switch kind {
    case "evt":
      number = 0
    case "req":
      guard let id = interlineCount(message["id"]) else { return nil }
      number = id
    case "res":
      guard let re = interlineCount(message["re"]) else { return nil }
      number = re
    default:
      return nil
    }
  }
}

/// A whole number from 1 on; JSON's `true` is none.
func interlineCount(_ value: Any?) -> Int? {
  guard let number = value as? NSNumber, CFGetTypeID(number) != CFBooleanGetTypeID() else { return nil }
  let exact = number.doubleValue
  guard exact >= 1, exact <= 9_007_199_254_740_991, exact == exact.rounded() else { return nil }
  return number.intValue
}

func interlineJson(_ object: Any) -> String {
  let options: JSONSerialization.WritingOptions = [.withoutEscapingSlashes, .fragmentsAllowed]
  let data = (try? JSONSerialization.data(withJSONObject: object, options: options)) ?? Data("{}".utf8)
  return String(decoding: data, as: UTF8.self)
}

func interlineParse(_ text: String) -> Any? {
  try? JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
}

enum InterlineEnvelope {
  static let messageBytes = 256 * 1024
  static let totalBytes = 16 * 1024 * 1024
  static let parts = 256
  /// What the envelope and the rest of a chunk may take of a message.
  private static let roomBytes = 512

  static func write(sid: String, seq: Int, content: InterlineObject) -> String {
    let head: InterlineObject = ["p": "interline", "v": 1, "sid": sid, "seq": seq]
    return interlineJson(head.merging(content) { own, _ in own })
  }

  static func read(_ text: String, sid: String) -> (seq: Int, content: InterlineContent)? {
    guard text.utf8.count <= messageBytes, let message = interlineParse(text) as? InterlineObject,
      message["p"] as? String == "interline", interlineCount(message["v"]) == 1,
      message["sid"] as? String == sid, let seq = interlineCount(message["seq"]),
      let content = InterlineContent(message)
    else { return nil }
    return (seq, content)
  }

  /// Cuts `text` so that each piece, escaped once more, fits a message. nil: it is longer than the bridge carries.
  static func cut(_ text: String, messageBytes: Int) -> [String]? {
    guard text.utf8.count <= totalBytes else { return nil }
    var pieces: [String] = []
    var piece = String.UnicodeScalarView()
    var bytes = 0
    for scalar in text.unicodeScalars {
      let cost = escapedBytes(scalar)
      if bytes + cost > messageBytes - roomBytes {
        pieces.append(String(piece))
        piece = String.UnicodeScalarView()
        bytes = 0
      }
      piece.append(scalar)
      bytes += cost
    }
    pieces.append(String(piece))
    return pieces.count > parts ? nil : pieces
  }

  private static func escapedBytes(_ scalar: Unicode.Scalar) -> Int {
    if scalar == "\"" || scalar == "\\" { return 2 }
    if scalar.value < 0x20 { return 6 }
    return String(scalar).utf8.count
  }
}

/// Puts the page's chunks together.
struct InterlineReassembly {
  private struct Unfinished {
    let id: Int
    let of: Int
    var pieces: [String]
    var bytes: Int
    var touchedAt: Int
  }
  private static let idleMs = 10_000
  private static let unfinishedAtMost = 4

  /// The one that has stood still longest comes first.
  private var unfinished: [Unfinished] = []

  /// The whole text, once the last piece is there.
  mutating func take(_ chunk: InterlineObject, nowMs: Int) -> String? {
    unfinished.removeAll { nowMs - $0.touchedAt >= Self.idleMs }
    guard let id = interlineCount(chunk["id"]), let of = interlineCount(chunk["of"]),
      let part = (chunk["part"] as? NSNumber)?.intValue, let data = chunk["data"] as? String,
      of >= 2, of <= InterlineEnvelope.parts
    else { return nil }
    var found: Unfinished
    if let index = unfinished.firstIndex(where: { $0.id == id }) {
      found = unfinished.remove(at: index)
    } else {
      found = Unfinished(id: id, of: of, pieces: [], bytes: 0, touchedAt: nowMs)
      if unfinished.count >= Self.unfinishedAtMost { unfinished.removeFirst() }
    }
    guard found.of == of, found.pieces.count == part else { return nil }
    found.pieces.append(data)
    found.bytes += data.utf8.count
    found.touchedAt = nowMs
    while unfinished.reduce(found.bytes, { $0 + $1.bytes }) > InterlineEnvelope.totalBytes {
      if unfinished.isEmpty { return nil }
      unfinished.removeFirst()
    }
    if found.pieces.count == of { return found.pieces.joined() }
    unfinished.append(found)
    return nil
  }

  mutating func clear() {
    unfinished.removeAll()
  }
}
