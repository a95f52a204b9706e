// What the page may ask of the app. The app sets what it has; what it leaves null is answered with `unsupported`.

import 'interline_answers.dart';
import 'interline_envelope.dart';
import 'interline_link.dart';

/// A token for the server, and for how long it is good.
class InterlineToken {
  const InterlineToken(this.token, {this.expiresInMs});
  final String? token;
  final int? expiresInMs;
}

/// Where the page keeps what the server does not have.
abstract class InterlineStorage {
  /// Every entry of a document; null: it has none.
  Future<JsonObject?> load(String doc);

  /// All of it or none of it, durable when the future completes. Doing it twice is the same as once.
  Future<void> commit(String doc, JsonObject put, List<String> remove);
  Future<List<String>> list();
  Future<void> delete(String doc);

  /// Takes the client id for the page; false: it is taken.
  bool claim(String client);

  /// The page is gone: its claims are free again.
  void release();
  Future<int> usedBytes();
}

class InterlineServices {
  const InterlineServices({
    this.token,
    this.storage,
    this.pickMedia,
    this.openLink,
    this.share,
    this.haptic,
    this.announce,
    this.log,
  });

  /// The reason is `first`, `expiring`, `expired`, `rejected` or `changed`; with the last two the last token is no good.
  final Future<InterlineToken> Function(String reason)? token;
  final InterlineStorage? storage;

  /// Lets the person choose, uploads, and says where it is: `{ src, name?, mime?, width?, height?, bytes? }` each.
  final Future<List<JsonObject>> Function(InterlineRequest request)? pickMedia;

  /// http, https, mailto and tel only.
  final Future<bool> Function(String href)? openLink;
  final Future<bool> Function(InterlineRequest request)? share;
  final void Function(String style)? haptic;
  final void Function(String text, bool assertive)? announce;
  final void Function(String level, String message)? log;

  static const _reasons = {'first', 'expiring', 'expired', 'rejected', 'changed'};
  static final _link = RegExp(r'^(?:https?://|mailto:|tel:)[^\s\x00-\x1f\x7f-\x9f<>"]+$', caseSensitive: false);

  /// For the page's `init`.
  List<String> get caps => [
        if (token != null) 'token',
        if (storage != null) 'storage',
        if (pickMedia != null) 'pickMedia',
        if (openLink != null) 'openLink',
        if (share != null) 'share',
        if (haptic != null) 'haptic',
        if (announce != null) 'announce',
        if (log != null) 'log',
      ];

  Map<String, InterlineHandler> handlers() {
    final storage = this.storage;
    final token = this.token;
    final pickMedia = this.pickMedia;
    final openLink = this.openLink;
    final share = this.share;
    final haptic = this.haptic;
    final announce = this.announce;
    final log = this.log;
    return {
      if (storage != null) ..._storageHandlers(storage),
      if (token != null)
        'auth.token': (request) {
          final reason = request.text('reason');
          if (!_reasons.contains(reason)) throw const InterlineFault('invalid');
          request.replyWith(token(reason).then((given) {
            return {
              'token': given.token,
              if (given.expiresInMs != null) 'expiresInMs': given.expiresInMs,
            };
          }));
        },
      if (pickMedia != null)
        'media.pick': (request) => request.replyWith(pickMedia(request).then((items) => {'items': items})),
      if (openLink != null)
        'link.open': (request) {
          final href = request.text('href', max: 2048);
          if (!_link.hasMatch(href)) throw const InterlineFault('invalid');
          request.replyWith(openLink(href).then((opened) => {'opened': opened}));
        },
      if (share != null)
        'share': (request) => request.replyWith(share(request).then((shared) => {'shared': shared})),
      if (haptic != null)
        'haptic': (request) {
          haptic(request.text('style'));
          request.reply();
        },
      if (announce != null)
        'a11y.announce': (request) {
          announce(request.text('text', max: 2000), request.payload['politeness'] == 'assertive');
          request.reply();
        },
      if (log != null)
        'log': (request) {
          log(request.text('level'), request.text('message', max: 10000));
          request.reply();
        },
    };
  }

  static Map<String, InterlineHandler> _storageHandlers(InterlineStorage storage) {
    return {
      'storage.load': (request) {
        request.replyWith(storage.load(request.text('doc')).then((entries) => {'entries': entries}));
      },
      'storage.commit': (request) {
        final doc = request.text('doc');
        final put = request.payload['put'] ?? <String, Object?>{};
        final remove = request.payload['remove'] ?? <Object?>[];
        if (put is! JsonObject || remove is! List || remove.any((key) => key is! String)) {
          throw const InterlineFault('invalid');
        }
        final done = storage.commit(doc, put, remove.cast<String>());
        request.replyWith(done.then((_) => <String, Object?>{}));
      },
      'storage.list': (request) => request.replyWith(storage.list().then((docs) => {'docs': docs})),
      'storage.delete': (request) {
        request.replyWith(storage.delete(request.text('doc')).then((_) => <String, Object?>{}));
      },
      'storage.claim': (request) => request.reply({'granted': storage.claim(request.text('client'))}),
      'storage.estimate': (request) {
        request.replyWith(storage.usedBytes().then((bytes) => {'usedBytes': bytes}));
      },
    };
  }
}
