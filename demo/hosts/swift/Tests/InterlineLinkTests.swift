// Replays exchanges.json (add it to the test bundle): the link answers what the reference host answers.

import Foundation
import XCTest

@testable import InterlineHost

final class InterlineLinkTests: XCTestCase {
  private var golden: InterlineObject = [:]

  override func setUpWithError() throws {
    let file = try XCTUnwrap(Bundle(for: Self.self).url(forResource: "exchanges", withExtension: "json"))
    golden = try XCTUnwrap(interlineParse(String(contentsOf: file, encoding: .utf8)) as? InterlineObject)
  }

  func testAnswersWhatTheReferenceAnswers() throws {
    for exchange in try XCTUnwrap(golden["exchanges"] as? [InterlineObject]) { try play(exchange) }
  }

  private func play(_ exchange: InterlineObject) throws {
    let title = exchange["title"] as? String ?? ""
    var steps = try XCTUnwrap(exchange["steps"] as? [InterlineObject])
    if exchange["opened"] != nil { steps = try XCTUnwrap(golden["opening"] as? [InterlineObject]) + steps }
    let startMs = try XCTUnwrap(golden["startMs"] as? Int)
    let sid = try XCTUnwrap(golden["sid"] as? String)
    let clock = TestClock(startMs)
    let services = Self.services()
    var page = try XCTUnwrap(golden["page"] as? InterlineObject)
    page["caps"] = services.caps
    page["storage"] = "native"
    var sent: [InterlineObject] = []
    let link = InterlineLink(
      sid: sid, boot: try XCTUnwrap(golden["boot"] as? String), page: page, handlers: services.handlers(),
      latest: ["net.status": try XCTUnwrap(golden["net"] as? InterlineObject)], clock: clock
    ) { text in sent.append(interlineParse(text) as? InterlineObject ?? [:]) }
    link.onRelease = { services.storage?.release() }
    link.start()
    var seqIn = try XCTUnwrap(golden["firstSeq"] as? Int) - 1
    var seqOut = startMs * 1_000
    var outcome: InterlineObject?
    let settle = { (result: Result<InterlineObject, InterlineFault>) in
      switch result {
      case .success(let reply): outcome = ["value": reply["value"] ?? NSNull()]
      case .failure(let fault): outcome = ["code": fault.code]
      }
    }

    for (index, step) in steps.enumerated() {
      let place = "\(title), step \(index + 1)"
      if let raw = step["raw"] as? String { link.receive(raw) }
      if let message = step["in"] as? InterlineObject {
        for time in 0..<(step["times"] as? Int ?? 1) {
          if message["seq"] == nil { seqIn += 1 }
          var whole: InterlineObject = ["p": "interline", "v": 1, "sid": sid, "seq": seqIn]
          whole.merge(message) { $1 }
          if time > 0, let id = message["id"] as? Int { whole["id"] = id + time }
          link.receive(interlineJson(whole))
        }
      }
      if let ms = step["passMs"] as? Int { clock.pass(ms) }
      if let command = step["exec"] as? InterlineObject {
        link.exec(command["name"] as? String ?? "", args: command["args"].map(Self.expand), then: settle)
      }
      if let net = step["net"] as? InterlineObject { link.set("net.status", net) }
      if step["authChanged"] != nil { link.authChanged() }
      if let deadlineMs = step["suspend"] as? Int {
        link.willSuspend(deadlineMs: deadlineMs) { outcome = ["value": $0] }
      }
      var out: [InterlineObject] = []
      var pieces = ""
      for message in sent {
        seqOut += 1
        XCTAssertEqual(message["seq"] as? Int, seqOut, place)
        guard message["type"] as? String == "chunk", let chunk = message["payload"] as? InterlineObject else {
          out.append(Self.plain(message))
          continue
        }
        pieces += chunk["data"] as? String ?? ""
        if (chunk["part"] as? Int ?? 0) + 1 == chunk["of"] as? Int {
          var whole = try XCTUnwrap(interlineParse(pieces) as? InterlineObject)
          whole["chunked"] = true
          out.append(Self.plain(whole))
          pieces = ""
        }
      }
      sent = []
      if let only = step["only"] as? Int { out = Array(out.prefix(only)) }
      let expected = (step["out"] as? [InterlineObject] ?? []).map(Self.expand)
      XCTAssertEqual(out as NSArray, expected as NSArray, place)
      if let wanted = step["outcome"] as? InterlineObject {
        XCTAssertEqual(outcome as NSDictionary?, wanted as NSDictionary, place)
      }
      if let wanted = step["state"] as? InterlineObject {
        XCTAssertEqual(link.state as NSDictionary, wanted as NSDictionary, place)
      }
    }
    link.close()
  }

  private static func services() -> InterlineServices {
    var services = InterlineServices()
    services.token = { reason, done in done(.success(("token for \(reason)", 600_000))) }
    services.storage = MemoryStorage()
    services.openLink = { _ in true }
    services.share = { request, done in request.onCancel = { done(.failure(InterlineFault("cancelled"))) } }
    services.haptic = { _ in }
    services.announce = { _, _ in }
    services.log = { _, _ in }
    return services
  }

  /// `{"$repeat": text, "count": n}` stands for `text` n times.
  private static func expand(_ value: Any) -> Any {
    if let list = value as? [Any] { return list.map(expand) }
    guard let object = value as? InterlineObject else { return value }
    if let text = object["$repeat"] as? String { return String(repeating: text, count: object["count"] as? Int ?? 0) }
    return object.mapValues(expand)
  }

  /// Without its place in the stream and words for people; capabilities in order.
  private static func plain(_ message: InterlineObject) -> InterlineObject {
    var plain = message.filter { !["p", "v", "sid", "seq"].contains($0.key) }
    if var payload = plain["payload"] as? InterlineObject, let caps = payload["caps"] as? [String] {
      payload["caps"] = caps.sorted()
      plain["payload"] = payload
    }
    return plain
  }
}

private final class TestClock: InterlineClock {
  private(set) var nowMs: Int
  private var timers: [(id: Int, at: Int, task: () -> Void)] = []
  private var lastId = 0

  init(_ startMs: Int) { nowMs = startMs }

  func after(_ ms: Int, _ task: @escaping () -> Void) -> () -> Void {
    lastId += 1
    let id = lastId
    timers.append((id, nowMs + ms, task))
    return { [weak self] in self?.timers.removeAll { $0.id == id } }
  }

  func pass(_ ms: Int) {
    let end = nowMs + ms
    while let next = timers.filter({ $0.at <= end }).min(by: { ($0.at, $0.id) < ($1.at, $1.id) }) {
      timers.removeAll { $0.id == next.id }
      nowMs = max(nowMs, next.at)
      next.task()
    }
    nowMs = end
  }
}

private final class MemoryStorage: InterlineStorage {
  private var docs: [String: InterlineObject] = [:]
  private var claimed: Set<String> = []

  func load(_ doc: String, done: @escaping InterlineServices.Done<InterlineObject?>) { done(.success(docs[doc])) }

  func commit(
    _ doc: String, put: InterlineObject, remove: [String], done: @escaping InterlineServices.Done<Void>
  ) {
    var entries = docs[doc] ?? [:]
    entries.merge(put) { $1 }
    for key in remove { entries[key] = nil }
    docs[doc] = entries
    done(.success(Void()))
  }

  func list(done: @escaping InterlineServices.Done<[String]>) { done(.success(docs.keys.sorted())) }

  func delete(_ doc: String, done: @escaping InterlineServices.Done<Void>) {
    docs[doc] = nil
    done(.success(Void()))
  }

  func claim(_ client: String) -> Bool { claimed.insert(client).inserted }
  func release() { claimed.removeAll() }
  func usedBytes(done: @escaping InterlineServices.Done<Int>) { done(.success(0)) }
}
