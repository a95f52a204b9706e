// What the page may ask of the app. The app sets what it has; what it leaves nil is answered with `unsupported`.

import Foundation

public struct InterlineServices {
  public typealias Done<Value> = (Result<Value, Error>) -> Void

  /// A token for the server and for how long it is good. The reason is `first`, `expiring`, `expired`, `rejected` or
  /// `changed`; with the last two, the token given before is good for nothing.
  public var token: ((_ reason: String, _ done: @escaping Done<(token: String?, expiresInMs: Int?)>) -> Void)?
  public var storage: InterlineStorage?
  /// Lets the person choose, uploads, and says where it is: `{ src, name?, mime?, width?, height?, bytes? }` each.
  public var pickMedia: ((_ request: InterlineRequest, _ done: @escaping Done<[InterlineObject]>) -> Void)?
  /// http, https, mailto and tel only.
  public var openLink: ((_ href: URL) -> Bool)?
  public var share: ((_ request: InterlineRequest, _ done: @escaping Done<Bool>) -> Void)?
  public var haptic: ((_ style: String) -> Void)?
  public var announce: ((_ text: String, _ assertive: Bool) -> Void)?
  public var log: ((_ level: String, _ message: String) -> Void)?

  public init() {}

  /// For the page's `init`.
  var caps: [String] {
    let offered: [(String, Bool)] = [
      ("token", token != nil), ("storage", storage != nil), ("pickMedia", pickMedia != nil),
      ("openLink", openLink != nil), ("share", share != nil), ("haptic", haptic != nil),
      ("announce", announce != nil), ("log", log != nil),
    ]
    return offered.filter { $0.1 }.map { $0.0 }
  }

  func handlers() -> [String: InterlineLink.Handler] {
    var handlers = storage.map(Self.handlers(of:)) ?? [:]
    if let token {
      handlers["auth.token"] = { request in
        let reason = try request.text("reason")
        guard ["first", "expiring", "expired", "rejected", "changed"].contains(reason) else {
          throw InterlineFault("invalid")
        }
        token(reason) { result in
          request.settle(with: result.map { given -> InterlineObject in
            var reply: InterlineObject = ["token": given.token.map { $0 as Any } ?? NSNull()]
            reply["expiresInMs"] = given.expiresInMs
            return reply
          })
        }
      }
    }
    if let pickMedia {
      handlers["media.pick"] = { request in
        pickMedia(request) { request.settle(with: $0.map { ["items": $0] }) }
      }
    }
    if let openLink {
      handlers["link.open"] = { request in
        let href = try request.text("href", max: 2_048)
        let safe = "^(?i:https?://|mailto:|tel:)[^\\s\\p{Cc}<>\"]+$"
        guard href.range(of: safe, options: .regularExpression) != nil, let url = URL(string: href) else {
          throw InterlineFault("invalid")
        }
        request.reply(["opened": openLink(url)])
      }
    }
    if let share {
      handlers["share"] = { request in
        share(request) { request.settle(with: $0.map { ["shared": $0] }) }
      }
    }
    if let haptic {
      handlers["haptic"] = { request in
        haptic(try request.text("style"))
        request.reply()
      }
    }
    if let announce {
      handlers["a11y.announce"] = { request in
        announce(try request.text("text", max: 2_000), request.payload["politeness"] as? String == "assertive")
        request.reply()
      }
    }
    if let log {
      handlers["log"] = { request in
        log(try request.text("level"), try request.text("message", max: 10_000))
        request.reply()
      }
    }
    return handlers
  }

  private static func handlers(of storage: InterlineStorage) -> [String: InterlineLink.Handler] {
    [
      "storage.load": { request in
        storage.load(try request.text("doc")) { result in
          request.settle(with: result.map { entries in ["entries": entries.map { $0 as Any } ?? NSNull()] })
        }
      },
      "storage.commit": { request in
        let doc = try request.text("doc")
        guard let put = (request.payload["put"] ?? InterlineObject()) as? InterlineObject,
          let remove = (request.payload["remove"] ?? [String]()) as? [String]
        else {
          throw InterlineFault("invalid")
        }
        storage.commit(doc, put: put, remove: remove) { request.settle(with: $0.map { [:] }) }
      },
      "storage.list": { request in
        storage.list { request.settle(with: $0.map { ["docs": $0] }) }
      },
      "storage.delete": { request in
        storage.delete(try request.text("doc")) { request.settle(with: $0.map { [:] }) }
      },
      "storage.claim": { request in
        request.reply(["granted": storage.claim(try request.text("client"))])
      },
      "storage.estimate": { request in
        storage.usedBytes { request.settle(with: $0.map { ["usedBytes": $0] }) }
      },
    ]
  }
}

extension InterlineRequest {
  func settle(with result: Result<InterlineObject, Error>) {
    switch result {
    case .success(let payload): reply(payload)
    case .failure(let error): fail(error)
    }
  }
}

/// Where the page keeps what the server does not have. `done` is called on the main thread.
public protocol InterlineStorage: AnyObject {
  /// Every entry of a document; nil: it has none.
  func load(_ doc: String, done: @escaping InterlineServices.Done<InterlineObject?>)
  /// All of it or none of it, durable when `done` is called. Doing it twice is the same as once.
  func commit(
    _ doc: String, put: InterlineObject, remove: [String], done: @escaping InterlineServices.Done<Void>)
  func list(done: @escaping InterlineServices.Done<[String]>)
  func delete(_ doc: String, done: @escaping InterlineServices.Done<Void>)
  /// Takes the client id for the page; false: it is taken.
  func claim(_ client: String) -> Bool
  /// The page is gone: its claims are free again.
  func release()
  func usedBytes(done: @escaping InterlineServices.Done<Int>)
}
