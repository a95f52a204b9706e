// The app's end of the bridge, without any view: handshake, order, notes, last values. The page's requests are
// InterlineAnswers', our own InterlineCalls'.
//
//   greeting ──hello──▶ init sent ──ready──▶ open ──hello from a new page──▶ init sent …
//
// What always holds: nothing is believed that has not this nonce and the next number. Everything is on the main thread.
// `exchanges.json` says message by message what this file does; `InterlineLinkTests` replays it.

import Foundation

public protocol InterlineClock {
  var nowMs: Int { get }
  /// Runs `task` on the main thread after `ms`. Calling what is returned prevents it.
  func after(_ ms: Int, _ task: @escaping () -> Void) -> () -> Void
}

public final class InterlineLink {
  public typealias Handler = (InterlineRequest) throws -> Void
  public typealias Completion = (Result<InterlineObject, InterlineFault>) -> Void

  public var onReady: () -> Void = {}
  /// A page that speaks another protocol: the app, or the page, must be updated.
  public var onIncompatible: () -> Void = {}
  /// What a toolbar shows, put together from all patches.
  public var onState: (InterlineObject) -> Void = { _ in }
  /// `doc.stats`, `doc.notice`, `sync.status` and `presence.list`.
  public var onNote: (_ type: String, _ payload: InterlineObject) -> Void = { _, _ in }
  /// The page is gone or replaced: what it had claimed is free.
  public var onRelease: () -> Void = {}
  public private(set) var state: InterlineObject = [:]

  private static let handshake: Set = ["hello", "init", "restart"]
  /// What may come as an event, too.
  private static let notes: Set = [
    "ready", "state.patch", "doc.stats", "doc.notice", "sync.status", "presence.list", "haptic", "a11y.announce", "log",
  ]
  private static let initFields = [
    "net.status": "net", "app.state": "app", "insets": "insets", "theme.set": "theme",
  ]
  private static let retried: Set = ["timeout", "busy", "unavailable", "restarted"]

  private let sid: String
  private let boot: String
  private let page: InterlineObject
  private let handlers: [String: Handler]
  private let clock: InterlineClock
  private let put: (String) -> Void
  private var answers: InterlineAnswers!
  private var calls: InterlineCalls!

  private var isOpen = false
  private var isClosed = false
  private var peer: String?
  private var lastSeqIn = 0
  private var lastSeqOut: Int
  private var lastChunk = 0
  private var messageBytes = InterlineEnvelope.messageBytes
  private var reassembly = InterlineReassembly()
  private var lastAskedAt = -1_000_000
  private var stopAsking: () -> Void = {}
  private var latest: [String: InterlineObject]
  private var untold: Set<String> = []
  private var telling: [String: Int] = [:]

  /// - Parameters:
  ///   - sid: a fresh nonce for every load of the page, which the page has been given too
  ///   - boot: 16 hexadecimal digits, fresh for every link
  ///   - page: `doc`, `user`, `locale`, `dir`, `caps`, `storage` of the page's `init`
  ///   - handlers: what the page may ask; what is missing is answered with `unsupported`
  ///   - latest: `net.status`, `app.state`, `insets`, `theme.set` as they are now
  ///   - put: hands one string to the page
  public init(
    sid: String, boot: String, page: InterlineObject, handlers: [String: Handler],
    latest: [String: InterlineObject], clock: InterlineClock, put: @escaping (String) -> Void
  ) {
    self.sid = sid
    self.boot = boot
    self.page = page
    self.handlers = handlers
    self.latest = latest
    self.clock = clock
    self.put = put
    // A host that is started again counts on above its predecessor.
    lastSeqOut = clock.nowMs * 1_000
    let send = { [unowned self] (content: InterlineObject) in self.send(content) }
    answers = InterlineAnswers(clock: clock, send: send) { [unowned self] in self.handler($0) }
    calls = InterlineCalls(clock: clock, send: send)
  }

  /// There may be a page already, which has shaken hands with a host before this one.
  public func start() {
    askForHello()
    askOn(1_000)
  }

  public func close() {
    isClosed = true
    isOpen = false
    stopAsking()
    calls.pause()
    calls.failAll("closed")
    answers.reset()
    onRelease()
  }

  // MARK: What the app says

  /// Runs an editor command in the page. Commands run in order, one at a time.
  public func exec(_ name: String, args: Any? = nil, timeoutMs: Int = 5_000, then: @escaping Completion) {
    var payload: InterlineObject = ["name": name]
    payload["args"] = args
    calls.call("cmd.exec", payload, timeoutMs: timeoutMs, then: then)
  }

  /// `net.status`, `app.state`, `insets` or `theme.set`. Only the last value of each counts.
  public func set(_ type: String, _ payload: InterlineObject) {
    if let known = latest[type], NSDictionary(dictionary: known).isEqual(to: payload) { return }
    latest[type] = payload
    untold.insert(type)
    tell(type)
  }

  /// Somebody else has signed in: the page drops its token and asks for another.
  public func authChanged() {
    if isOpen { insistOnAuthChanged(peer) }
  }

  /// Lets the page save. `then` gets whether it has, at the deadline at the latest.
  public func willSuspend(deadlineMs: Int, then: @escaping (Bool) -> Void) {
    calls.call("app.willSuspend", ["deadlineMs": deadlineMs], timeoutMs: deadlineMs) { result in
      then(((try? result.get())?["done"] as? Bool) ?? false)
    }
  }

  // MARK: What comes in

  public func receive(_ text: String) {
    guard !isClosed, let (seq, content) = InterlineEnvelope.read(text, sid: sid) else { return }
    if Self.handshake.contains(content.type) {
      if content.type == "hello", content.kind == "req", seq > lastSeqIn { hello(content, seq) }
    } else if peer == nil {
      askForHello()
    } else if seq > lastSeqIn {
      lastSeqIn = seq
      accept(content)
    }
  }

  private func hello(_ content: InterlineContent, _ seq: Int) {
    let answer: InterlineObject = ["kind": "res", "re": content.number, "type": "init"]
    guard let payload = content.payload, let theirs = payload["boot"] as? String,
      theirs.range(of: "^[0-9a-f]{16,32}$", options: .regularExpression) != nil,
      let protocols = payload["protocols"] as? [Int]
    else {
      _ = send(answer.merging(["err": ["code": "invalid"]]) { $1 })
      return
    }
    guard protocols.contains(1) else {
      _ = send(answer.merging(["err": ["code": "protocol_unsupported"]]) { $1 })
      return onIncompatible()
    }
    if theirs == peer { lastSeqIn = seq } else { welcome(theirs, seq, payload) }
    var first: InterlineObject = ["protocol": 1, "boot": theirs, "host": boot]
    first["limits"] = [
      "msgBytes": InterlineEnvelope.messageBytes, "totalBytes": InterlineEnvelope.totalBytes,
      "parts": InterlineEnvelope.parts,
    ]
    first.merge(page) { own, _ in own }
    for (type, field) in Self.initFields { first[field] = latest[type] }
    _ = send(answer.merging(["payload": first]) { $1 })
  }

  /// A page we have not seen: what its predecessor showed, asked and had claimed is gone with it.
  private func welcome(_ theirs: String, _ seq: Int, _ payload: InterlineObject) {
    let isFirst = peer == nil
    peer = theirs
    lastSeqIn = seq
    isOpen = false
    reassembly.clear()
    answers.reset()
    calls.pause()
    let own = InterlineEnvelope.messageBytes
    let limit = interlineCount((payload["limits"] as? InterlineObject)?["msgBytes"]) ?? own
    messageBytes = min(own, max(limit, 64 * 1024))
    if !state.isEmpty {
      state = [:]
      onState(state)
    }
    if !isFirst {
      calls.failAll("restarted")
      onRelease()
    }
    // `init` tells them.
    untold = []
    lastAskedAt = clock.nowMs
  }

  private func ready(_ request: InterlineRequest) throws {
    guard request.payload["host"] as? String == boot else {
      askForHello()
      throw InterlineFault("restarted")
    }
    if !isOpen {
      stopAsking()
      isOpen = true
      calls.resume()
      for type in untold { tell(type) }
      onReady()
    }
    request.reply()
  }

  private func accept(_ content: InterlineContent) {
    var whole = content
    if content.type == "chunk" {
      guard content.kind == "evt", let text = reassembly.take(content.payload ?? [:], nowMs: clock.nowMs),
        let message = interlineParse(text) as? InterlineObject, let put = InterlineContent(message),
        put.type != "chunk", !Self.handshake.contains(put.type)
      else { return }
      whole = put
    }
    switch whole.kind {
    case "res": calls.answer(whole)
    case "req": answers.take(whole)
    default: note(whole)
    }
    // It talks as if it knew us.
    if !isOpen, !isClosed { askForHello() }
  }

  private func note(_ content: InterlineContent) {
    guard let payload = content.payload else { return }
    if content.type == "cancel" {
      if let id = interlineCount(payload["id"]) { answers.cancel(id) }
    } else if Self.notes.contains(content.type) {
      _ = try? handler(content.type)?(InterlineRequest(type: content.type, payload: payload))
    }
  }

  private func handler(_ type: String) -> Handler? {
    switch type {
    case "ready":
      return { [weak self] in try self?.ready($0) }
    case "state.patch":
      return { [weak self] request in
        guard let self else { return }
        self.state.merge(request.payload) { $1 }
        self.onState(self.state)
        request.reply()
      }
    case "doc.stats", "doc.notice", "sync.status", "presence.list":
      return { [weak self] request in
        self?.onNote(request.type, request.payload)
        request.reply()
      }
    default:
      return handlers[type]
    }
  }

  // MARK: What goes out

  /// False: it is longer than the bridge carries, and nothing has been sent.
  private func send(_ content: InterlineObject) -> Bool {
    if isClosed { return true }
    let whole = InterlineEnvelope.write(sid: sid, seq: lastSeqOut + 1, content: content)
    if whole.utf8.count <= messageBytes {
      lastSeqOut += 1
      put(whole)
      return true
    }
    guard let pieces = InterlineEnvelope.cut(interlineJson(content), messageBytes: messageBytes) else {
      return false
    }
    lastChunk += 1
    for (part, data) in pieces.enumerated() {
      lastSeqOut += 1
      let payload: InterlineObject = ["id": lastChunk, "part": part, "of": pieces.count, "data": data]
      let chunk: InterlineObject = ["kind": "evt", "type": "chunk", "payload": payload]
      put(InterlineEnvelope.write(sid: sid, seq: lastSeqOut, content: chunk))
    }
    return true
  }

  private func tell(_ type: String) {
    guard isOpen, let value = latest[type] else { return }
    if let last = telling[type] { calls.giveUp(last, "aborted") }
    telling[type] = calls.call(type, value) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success:
        self.untold.remove(type)
      case .failure(let fault) where Self.retried.contains(fault.code):
        _ = self.clock.after(1_000) { [weak self] in
          if self?.untold.contains(type) == true { self?.tell(type) }
        }
      case .failure:
        break
      }
    }
  }

  private func insistOnAuthChanged(_ to: String?) {
    calls.call("auth.changed", [:]) { [weak self] result in
      guard let self, case .failure(let fault) = result, Self.retried.contains(fault.code) else { return }
      _ = self.clock.after(1_000) { [weak self] in
        if let self, !self.isClosed, self.peer == to { self.insistOnAuthChanged(to) }
      }
    }
  }

  private func askForHello() {
    guard clock.nowMs - lastAskedAt >= 1_000 else { return }
    lastAskedAt = clock.nowMs
    _ = send(["kind": "evt", "type": "restart", "payload": ["host": boot]])
  }

  private func askOn(_ waitMs: Int) {
    stopAsking()
    stopAsking = clock.after(waitMs) { [weak self] in
      self?.askForHello()
      self?.askOn(min(waitMs * 2, 30_000))
    }
  }
}
