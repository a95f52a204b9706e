// The editor page in an InAppWebView, with the link to it. Needs flutter_inappwebview 6 and connectivity_plus 6.
//
// What always holds: only the main frame of the editor's own origin is heard; each load of the page has a fresh nonce,
// set before the page's own scripts run; messages go to the page as arguments, never as source; the view never leaves
// the page. When the page's process dies the view is made anew, and the storage gives back what was typed.

import 'dart:async';
import 'dart:collection';
import 'dart:math';

import 'package:connectivity_plus/connectivity_plus.dart';
import 'package:flutter/widgets.dart';
import 'package:flutter_inappwebview/flutter_inappwebview.dart';

import 'interline_envelope.dart';
import 'interline_link.dart';
import 'interline_services.dart';

class InterlineEditor extends StatefulWidget {
  const InterlineEditor({
    super.key,
    required this.address,
    required this.page,
    required this.services,
    required this.onLink,
    this.theme,
    this.insets,
  });

  /// `https://notes.example/webview/minutes`
  final Uri address;

  /// `doc`, `user` (`id`, `name`), `locale`, `dir`
  final JsonObject page;
  final InterlineServices services;

  /// Gets the link of every load of the page: set its `onState` and `onNote` there.
  final void Function(InterlineLink link) onLink;

  /// `{ 'tokens': { '--ink': '#112233' } }`
  final JsonObject? theme;

  /// `{ 'top': …, 'bottom': …, 'keyboard': … }`, where the app does not end this widget at the keyboard itself
  final JsonObject? insets;

  @override
  State<InterlineEditor> createState() => _InterlineEditorState();
}

class _InterlineEditorState extends State<InterlineEditor> with WidgetsBindingObserver {
  final _random = Random.secure();
  final _latest = <String, JsonObject>{
    'app.state': {'state': 'active'},
  };
  late final StreamSubscription<List<ConnectivityResult>> _network;
  late InterlineLink _link;
  late String _sid;
  InAppWebViewController? _controller;

  @override
  void initState() {
    super.initState();
    WidgetsBinding.instance.addObserver(this);
    _network = Connectivity().onConnectivityChanged.listen((networks) {
      final online = networks.any((network) => network != ConnectivityResult.none);
      _set('net.status', {'online': online, 'metered': networks.contains(ConnectivityResult.mobile)});
    });
    _wear();
    _begin();
  }

  @override
  void didUpdateWidget(InterlineEditor old) {
    super.didUpdateWidget(old);
    _wear();
  }

  @override
  void dispose() {
    WidgetsBinding.instance.removeObserver(this);
    unawaited(_network.cancel());
    _link.close();
    super.dispose();
  }

  @override
  void didChangeAppLifecycleState(AppLifecycleState state) {
    switch (state) {
      case AppLifecycleState.resumed:
        _set('app.state', {'state': 'active'});
      case AppLifecycleState.inactive:
        _set('app.state', {'state': 'inactive'});
      case AppLifecycleState.paused:
        _set('app.state', {'state': 'background'});
        unawaited(_link.willSuspend(3000));
      case AppLifecycleState.hidden:
      case AppLifecycleState.detached:
        break;
    }
  }

  void _wear() {
    final theme = widget.theme;
    final insets = widget.insets;
    if (theme != null) _set('theme.set', theme);
    if (insets != null) _set('insets', insets);
  }

  bool _hasBegun = false;
  void _set(String type, JsonObject payload) {
    _latest[type] = payload;
    if (_hasBegun) _link.setLatest(type, payload);
  }

  /// A new page, with a nonce and a link of its own.
  void _begin() {
    if (_hasBegun) _link.close();
    _sid = _randomHex(16);
    _controller = null;
    final services = widget.services;
    _link = InterlineLink(
      sid: _sid,
      boot: _randomHex(8),
      page: {
        ...widget.page,
        'caps': services.caps,
        'storage': services.storage == null ? 'web' : 'native',
      },
      handlers: services.handlers(),
      latest: _latest,
      put: _put,
    );
    _link.onRelease = () => services.storage?.release();
    _hasBegun = true;
    widget.onLink(_link);
    _link.start();
  }

  void _put(String text) {
    unawaited(_controller?.callAsyncJavaScript(
      functionBody: 'if (window.interlineReceive) window.interlineReceive(text)',
      arguments: {'text': text},
    ));
  }

  Object? _hear(JavaScriptHandlerFunctionData data) {
    final text = data.args.isEmpty ? null : data.args.first;
    final isOurs = data.isMainFrame && data.origin.uriValue.origin == widget.address.origin;
    if (isOurs && text is String) _link.receive(text);
    return null;
  }

  void _died() {
    if (mounted) setState(_begin);
  }

  String _randomHex(int count) {
    return List.generate(count, (_) => _random.nextInt(256).toRadixString(16).padLeft(2, '0')).join();
  }

  @override
  Widget build(BuildContext context) {
    return InAppWebView(
      // Another nonce, another view: the dead one is not used again.
      key: ValueKey(_sid),
      initialUrlRequest: URLRequest(url: WebUri.uri(widget.address)),
      initialUserScripts: UnmodifiableListView([
        UserScript(
          source: 'window.interlineSid = "$_sid"',
          injectionTime: UserScriptInjectionTime.AT_DOCUMENT_START,
          forMainFrameOnly: true,
        ),
      ]),
      initialSettings: InAppWebViewSettings(
        useShouldOverrideUrlLoading: true,
        allowFileAccess: false,
        allowContentAccess: false,
        javaScriptHandlersForMainFrameOnly: true,
        javaScriptHandlersOriginAllowList: {'^${RegExp.escape(widget.address.origin)}\$'},
      ),
      onWebViewCreated: (controller) {
        _controller = controller;
        controller.addJavaScriptHandler(handlerName: 'interline', callback: _hear);
      },
      shouldOverrideUrlLoading: (controller, action) async {
        final url = action.request.url;
        final stays = url?.origin == widget.address.origin && url?.path == widget.address.path;
        return !action.isForMainFrame || stays ? NavigationActionPolicy.ALLOW : NavigationActionPolicy.CANCEL;
      },
      onCreateWindow: (controller, action) async => false,
      onWebContentProcessDidTerminate: (controller) => _died(),
      onRenderProcessGone: (controller, detail) => _died(),
    );
  }
}
