// Our requests: each is sent again under the same id, after one second and then every other, until it is answered or its time is
// up. `cmd.exec` goes one at a time. Nothing is sent before `resume`.

import Foundation

final class InterlineCalls {
  typealias Completion = InterlineLink.Completion

  private final class Waiting {
    let type: String
    let payload: InterlineObject
    let completion: Completion
    var hasTurn = false
    var wasSent = false
    var waitMs = InterlineCalls.firstRepeatMs
    var stopTimer: () -> Void = {}
    var stopRepeating: () -> Void = {}

    init(_ type: String, _ payload: InterlineObject, _ completion: @escaping Completion) {
      self.type = type
      self.payload = payload
      self.completion = completion
    }

    var isCommand: Bool { type == "cmd.exec" }
  }

  private static let firstRepeatMs = 1_000
  private static let longestRepeatMs = 2_000

  private let clock: InterlineClock
  private let send: (InterlineObject) -> Bool
  private var waiting: [Int: Waiting] = [:]
  private var lastId = 0
  private var isOpen = false

  init(clock: InterlineClock, send: @escaping (InterlineObject) -> Bool) {
    self.clock = clock
    self.send = send
  }

  /// After `timeout`, `aborted`, `restarted` and `closed` nobody can tell whether the page has run it.
  @discardableResult
  func call(
    _ type: String, _ payload: InterlineObject, timeoutMs: Int = 5_000, then completion: @escaping Completion
  ) -> Int {
    lastId += 1
    let id = lastId
    let call = Waiting(type, payload, completion)
    waiting[id] = call
    call.stopTimer = clock.after(timeoutMs) { [weak self] in self?.giveUp(id, "timeout") }
    if call.isCommand { giveTurn() } else { take(turn: call, id) }
    return id
  }

  func giveUp(_ id: Int, _ code: String) {
    guard let call = waiting[id] else { return }
    // Nobody's work is saved by taking back a mere note.
    let tell = call.wasSent && isOpen && (call.isCommand || call.type == "app.willSuspend")
    if tell { _ = send(["kind": "evt", "type": "cancel", "payload": ["id": id]]) }
    settle(id, .failure(InterlineFault(code)))
  }

  func answer(_ content: InterlineContent) {
    guard let call = waiting[content.number],
      content.type == (call.isCommand ? "cmd.result" : call.type)
    else { return }
    if let fault = content.fault {
      settle(content.number, .failure(fault))
    } else if let payload = content.payload {
      settle(content.number, .success(payload))
    } else {
      settle(content.number, .failure(InterlineFault("invalid")))
    }
  }

  /// The page can hear us.
  func resume() {
    isOpen = true
    for id in waiting.keys.sorted() {
      guard let call = waiting[id], call.hasTurn else { continue }
      call.waitMs = Self.firstRepeatMs
      transmit(id, call)
    }
  }

  func pause() {
    isOpen = false
    for call in waiting.values { call.stopRepeating() }
  }

  func failAll(_ code: String) {
    for id in waiting.keys.sorted() { settle(id, .failure(InterlineFault(code))) }
  }

  private func settle(_ id: Int, _ result: Result<InterlineObject, InterlineFault>) {
    guard let call = waiting.removeValue(forKey: id) else { return }
    call.stopTimer()
    call.stopRepeating()
    call.completion(result)
    if call.isCommand, call.hasTurn { giveTurn() }
  }

  /// To the next command, if none has it.
  private func giveTurn() {
    let commands = waiting.filter { $0.value.isCommand }
    guard !commands.contains(where: { $0.value.hasTurn }), let id = commands.keys.min() else { return }
    take(turn: commands[id]!, id)
  }

  private func take(turn call: Waiting, _ id: Int) {
    call.hasTurn = true
    if isOpen { transmit(id, call) }
  }

  private func transmit(_ id: Int, _ call: Waiting) {
    call.stopRepeating()
    guard send(["kind": "req", "id": id, "type": call.type, "payload": call.payload]) else {
      return settle(id, .failure(InterlineFault("too_large")))
    }
    // A page may answer before `send` returns.
    guard waiting[id] != nil else { return }
    call.wasSent = true
    call.stopRepeating = clock.after(call.waitMs) { [weak self] in self?.transmit(id, call) }
    call.waitMs = min(call.waitMs * 2, Self.longestRepeatMs)
  }
}
