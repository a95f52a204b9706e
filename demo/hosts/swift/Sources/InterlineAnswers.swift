// The page's requests: each runs once, however often it arrives, and is answered each time it arrives. Answers are kept
// for repetitions; below what has been forgotten a request is `expired`, never run again. `storage.*` goes one at a time.

import Foundation

/// A request of the page. Exactly one of `reply` and `fail` answers it; further calls do nothing.
public final class InterlineRequest {
  public let type: String
  public let payload: InterlineObject
  /// Called when the page no longer waits for the answer.
  public var onCancel: () -> Void = {}
  public fileprivate(set) var isCancelled = false
  fileprivate var finish: (InterlineObject) -> Void = { _ in }

  init(type: String, payload: InterlineObject) {
    self.type = type
    self.payload = payload
  }

  public func reply(_ payload: InterlineObject = [:]) { settle(["payload": payload]) }

  public func fail(_ error: Error) {
    settle(["err": ["code": (error as? InterlineFault)?.code ?? "failed"]])
  }

  /// A field that must be a string of 1 to `max` UTF-16 units; else the request is `invalid`.
  public func text(_ field: String, max: Int = 256) throws -> String {
    guard let value = payload[field] as? String, !value.isEmpty, value.utf16.count <= max else {
      throw InterlineFault("invalid")
    }
    return value
  }

  fileprivate func cancel() {
    isCancelled = true
    onCancel()
  }

  private func settle(_ outcome: InterlineObject) {
    let finish = self.finish
    self.finish = { _ in }
    finish(outcome)
  }
}

final class InterlineAnswers {
  private final class Entry {
    let request: InterlineRequest
    var answer: InterlineObject?
    init(_ request: InterlineRequest) { self.request = request }
  }

  /// Their answers can be large, and asking twice does no harm: not kept.
  private static let safe: Set = ["auth.token", "storage.load", "storage.list", "storage.estimate"]
  private static let keptAtMost = 256
  private static let runningAtMost = 64
  private static let guardMs = 15 * 60_000

  private let clock: InterlineClock
  private let send: (InterlineObject) -> Bool
  private let handlerOf: (String) -> InterlineLink.Handler?
  private var entries: [Int: Entry] = [:]
  private var answered: [Int] = []
  private var forgotten = 0
  private var running = 0
  private var storageQueue: [() -> Void] = []
  private var storageIsBusy = false

  /// - Parameter send: sends one message; false: it is too long for the bridge
  init(
    clock: InterlineClock, send: @escaping (InterlineObject) -> Bool,
    handlerOf: @escaping (String) -> InterlineLink.Handler?
  ) {
    self.clock = clock
    self.send = send
    self.handlerOf = handlerOf
  }

  func take(_ content: InterlineContent) {
    let id = content.number
    if let known = entries[id] {
      if let answer = known.answer { _ = send(answer) }
      return
    }
    guard let handler = handlerOf(content.type) else { return refuse(content, "unsupported") }
    if id <= forgotten, !Self.safe.contains(content.type) { return refuse(content, "expired") }
    if running >= Self.runningAtMost { return refuse(content, "busy") }
    guard let payload = content.payload else { return refuse(content, "invalid") }

    let request = InterlineRequest(type: content.type, payload: payload)
    let entry = Entry(request)
    let isStorage = content.type.hasPrefix("storage.")
    var stopGuard: () -> Void = {}
    entries[id] = entry
    running += 1
    request.finish = { [weak self] outcome in
      guard let self else { return }
      stopGuard()
      self.running -= 1
      // Else the page has been replaced: its successor has not asked this.
      if self.entries[id] === entry { self.answer(id, entry, outcome) }
      if isStorage {
        self.storageIsBusy = false
        self.runNextOfStorage()
      }
    }
    let run = { [clock] in
      stopGuard = clock.after(Self.guardMs) { request.fail(InterlineFault("timeout")) }
      if request.isCancelled { return request.fail(InterlineFault("aborted")) }
      do { try handler(request) } catch { request.fail(error) }
    }
    guard isStorage else { return run() }
    storageQueue.append(run)
    runNextOfStorage()
  }

  /// The page no longer waits for `id`.
  func cancel(_ id: Int) {
    if let entry = entries[id], entry.answer == nil { entry.request.cancel() }
  }

  /// Another page has taken the place of the last one: its ids begin anew.
  func reset() {
    let unanswered = entries.values.filter { $0.answer == nil }
    entries = [:]
    answered = []
    forgotten = 0
    for entry in unanswered { entry.request.cancel() }
  }

  private func runNextOfStorage() {
    guard !storageIsBusy, !storageQueue.isEmpty else { return }
    storageIsBusy = true
    storageQueue.removeFirst()()
  }

  private func answer(_ id: Int, _ entry: Entry, _ outcome: InterlineObject) {
    let head: InterlineObject = ["kind": "res", "re": id, "type": entry.request.type]
    var answer = head.merging(outcome) { $1 }
    if !send(answer) {
      answer = head.merging(["err": ["code": "too_large"]]) { $1 }
      _ = send(answer)
    }
    if Self.safe.contains(entry.request.type) {
      entries[id] = nil
      return
    }
    entry.answer = answer
    answered.append(id)
    if answered.count > Self.keptAtMost {
      let oldest = answered.removeFirst()
      entries[oldest] = nil
      forgotten = max(forgotten, oldest)
    }
  }

  private func refuse(_ content: InterlineContent, _ code: String) {
    // A command's answer has a name of its own, even that it is not the page's to ask.
    let type = content.type == "cmd.exec" ? "cmd.result" : content.type
    _ = send(["kind": "res", "re": content.number, "type": type, "err": ["code": code]])
  }
}
