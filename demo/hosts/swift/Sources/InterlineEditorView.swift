// The editor page in a WKWebView, with the link to it. For iOS 15 and later.
//
// What always holds: only the main frame of the editor's own origin is heard; each load of the page has a fresh nonce,
// set before the page's own scripts run; messages go to the page as arguments, never as source; the view never leaves
// the page. When the page's process dies it is loaded again, and the storage gives back what was typed.

import Network
import UIKit
import WebKit

public final class InterlineEditorView: UIView {
  /// The link to the page that is loaded now.
  public private(set) var link: InterlineLink?

  private let address: URL
  private let page: InterlineObject
  private let services: InterlineServices
  private let onLink: (InterlineLink) -> Void
  private let webView: WKWebView
  private let path = NWPathMonitor()
  private var latest: [String: InterlineObject] = ["app.state": ["state": "active"]]
  private var observers: [NSObjectProtocol] = []
  private var backgroundTask = UIBackgroundTaskIdentifier.invalid

  /// - Parameters:
  ///   - address: `https://notes.example/webview/minutes`
  ///   - page: `doc`, `user` (`id`, `name`), `locale`, `dir`
  ///   - onLink: gets the link of every load of the page: set its `onState` and `onNote` there
  public init(
    address: URL, page: InterlineObject, services: InterlineServices, onLink: @escaping (InterlineLink) -> Void
  ) {
    self.address = address
    self.page = page
    self.services = services
    self.onLink = onLink
    let configuration = WKWebViewConfiguration()
    configuration.allowsInlineMediaPlayback = true
    webView = WKWebView(frame: .zero, configuration: configuration)
    super.init(frame: .zero)
    webView.navigationDelegate = self
    webView.uiDelegate = self
    // The page scrolls its own text; the app ends this view at the keyboard (see the README).
    webView.scrollView.contentInsetAdjustmentBehavior = .never
    webView.autoresizingMask = [.flexibleWidth, .flexibleHeight]
    addSubview(webView)
    webView.frame = bounds
    watch()
    load()
  }

  @available(*, unavailable)
  required init?(coder: NSCoder) { fatalError("made in code") }

  deinit {
    path.cancel()
    for observer in observers { NotificationCenter.default.removeObserver(observer) }
    webView.configuration.userContentController.removeAllScriptMessageHandlers()
  }

  /// Tells the page, and every page after it. `type`: `insets`, `theme.set`.
  public func set(_ type: String, _ payload: InterlineObject) {
    latest[type] = payload
    link?.set(type, payload)
  }

  /// Call it when the view is taken out of the screen for good.
  public func close() {
    link?.close()
    link = nil
  }

  private func load() {
    link?.close()
    let sid = Self.randomHex(16)
    let controller = webView.configuration.userContentController
    controller.removeAllUserScripts()
    controller.removeAllScriptMessageHandlers()
    controller.add(Ear(self), name: "interline")
    let script = "window.interlineSid = \"\(sid)\""
    controller.addUserScript(WKUserScript(source: script, injectionTime: .atDocumentStart, forMainFrameOnly: true))
    var first = page
    first["caps"] = services.caps
    first["storage"] = services.storage == nil ? "web" : "native"
    let fresh = InterlineLink(
      sid: sid, boot: Self.randomHex(8), page: first, handlers: services.handlers(), latest: latest,
      clock: MainClock()
    ) { [weak self] text in self?.put(text) }
    let storage = services.storage
    fresh.onRelease = { storage?.release() }
    link = fresh
    onLink(fresh)
    fresh.start()
    webView.load(URLRequest(url: address))
  }

  private func put(_ text: String) {
    webView.callAsyncJavaScript(
      "if (window.interlineReceive) window.interlineReceive(text)", arguments: ["text": text], in: nil, in: .page,
      completionHandler: nil)
  }

  fileprivate func hear(_ message: WKScriptMessage) {
    let origin = message.frameInfo.securityOrigin
    guard message.frameInfo.isMainFrame, isOurs(origin.protocol, origin.host, origin.port),
      let text = message.body as? String
    else { return }
    link?.receive(text)
  }

  private func isOurs(_ scheme: String?, _ host: String?, _ port: Int) -> Bool {
    scheme == address.scheme && host == address.host && port == (address.port ?? 0)
  }

  /// Network, app state and the last moments before the app is suspended.
  private func watch() {
    path.pathUpdateHandler = { [weak self] path in
      let net: InterlineObject = ["online": path.status == .satisfied, "metered": path.isExpensive]
      DispatchQueue.main.async { self?.set("net.status", net) }
    }
    path.start(queue: DispatchQueue(label: "interline.network"))
    on(UIApplication.didBecomeActiveNotification) { $0.set("app.state", ["state": "active"]) }
    on(UIApplication.willResignActiveNotification) { $0.set("app.state", ["state": "inactive"]) }
    on(UIApplication.didEnterBackgroundNotification) { $0.entered() }
  }

  private func on(_ name: Notification.Name, _ act: @escaping (InterlineEditorView) -> Void) {
    observers.append(
      NotificationCenter.default.addObserver(forName: name, object: nil, queue: .main) { [weak self] _ in
        if let self { act(self) }
      })
  }

  private func entered() {
    set("app.state", ["state": "background"])
    guard let link, backgroundTask == .invalid else { return }
    backgroundTask = UIApplication.shared.beginBackgroundTask { [weak self] in self?.endBackgroundTask() }
    link.willSuspend(deadlineMs: 4_000) { [weak self] _ in self?.endBackgroundTask() }
  }

  private func endBackgroundTask() {
    if backgroundTask != .invalid { UIApplication.shared.endBackgroundTask(backgroundTask) }
    backgroundTask = .invalid
  }

  private static func randomHex(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in String(format: "%02x", Int(UInt8.random(in: 0...255, using: &generator))) }.joined()
  }
}

extension InterlineEditorView: WKNavigationDelegate, WKUIDelegate {
  public func webView(
    _ webView: WKWebView, decidePolicyFor action: WKNavigationAction,
    decisionHandler: @escaping (WKNavigationActionPolicy) -> Void
  ) {
    let url = action.request.url
    let isMain = action.targetFrame?.isMainFrame ?? true
    let stays = isOurs(url?.scheme, url?.host, url?.port ?? 0) && url?.path == address.path
    decisionHandler(!isMain || stays ? .allow : .cancel)
  }

  public func webViewWebContentProcessDidTerminate(_ webView: WKWebView) { load() }

  /// No page of ours opens windows.
  public func webView(
    _ webView: WKWebView, createWebViewWith configuration: WKWebViewConfiguration, for action: WKNavigationAction,
    windowFeatures: WKWindowFeatures
  ) -> WKWebView? { nil }
}

/// The content controller holds its handler for ever: it gets this one.
private final class Ear: NSObject, WKScriptMessageHandler {
  private weak var view: InterlineEditorView?
  init(_ view: InterlineEditorView) { self.view = view }

  func userContentController(_ controller: WKUserContentController, didReceive message: WKScriptMessage) {
    view?.hear(message)
  }
}

struct MainClock: InterlineClock {
  var nowMs: Int { Int(Date().timeIntervalSince1970 * 1_000) }

  func after(_ ms: Int, _ task: @escaping () -> Void) -> () -> Void {
    let item = DispatchWorkItem(block: task)
    DispatchQueue.main.asyncAfter(deadline: .now() + .milliseconds(ms), execute: item)
    return { item.cancel() }
  }
}
