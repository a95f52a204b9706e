// The page's requests: each runs once, however often it arrives, and is answered each time it arrives. Answers are kept
// for repetitions; below what has been forgotten a request is `expired`, never run again. `storage.*` goes one at a time.

import 'dart:async';

import 'interline_envelope.dart';
import 'interline_link.dart';

/// A request of the page. Exactly one of [reply] and [fail] answers it; further calls do nothing.
class InterlineRequest {
  InterlineRequest(this.type, this.payload);

  final String type;
  final JsonObject payload;

  /// Called when the page no longer waits for the answer.
  void Function()? onCancel;
  bool get isCancelled => _isCancelled;
  bool _isCancelled = false;
  void Function(JsonObject outcome)? _finish;

  void reply([JsonObject payload = const {}]) => _settle({'payload': payload});

  void fail(Object error) => _settle({
        'err': {'code': error is InterlineFault ? error.code : 'failed'},
      });

  /// Replies with what [future] comes to, or fails as it does.
  void replyWith(Future<JsonObject> future) {
    unawaited(future.then(reply, onError: fail));
  }

  /// A field that must be a string of 1 to [max] UTF-16 units; else the request is `invalid`.
  String text(String field, {int max = 256}) {
    final value = payload[field];
    if (value is String && value.isNotEmpty && value.length <= max) return value;
    throw const InterlineFault('invalid');
  }

  void _cancel() {
    _isCancelled = true;
    onCancel?.call();
  }

  void _settle(JsonObject outcome) {
    final finish = _finish;
    _finish = null;
    finish?.call(outcome);
  }
}

class _Entry {
  _Entry(this.request);
  final InterlineRequest request;
  JsonObject? answer;
}

class InterlineAnswers {
  /// [_send] sends one message; false: it is too long for the bridge.
  InterlineAnswers(this._clock, this._send, this._handlerOf);

  /// Their answers can be large, and asking twice does no harm: not kept.
  static const _safe = {'auth.token', 'storage.load', 'storage.list', 'storage.estimate'};
  static const _keptAtMost = 256;
  static const _runningAtMost = 64;
  static const _guardMs = 15 * 60000;

  final InterlineClock _clock;
  final bool Function(JsonObject content) _send;
  final InterlineHandler? Function(String type) _handlerOf;
  final _entries = <int, _Entry>{};
  final _answered = <int>[];
  final _storageQueue = <void Function()>[];
  var _storageIsBusy = false;
  var _forgotten = 0;
  var _running = 0;

  void take(InterlineContent content) {
    final id = content.number;
    final known = _entries[id];
    if (known != null) {
      final answer = known.answer;
      if (answer != null) _send(answer);
      return;
    }
    final handler = _handlerOf(content.type);
    if (handler == null) return _refuse(content, 'unsupported');
    if (id <= _forgotten && !_safe.contains(content.type)) return _refuse(content, 'expired');
    if (_running >= _runningAtMost) return _refuse(content, 'busy');
    final payload = content.payload;
    if (payload == null) return _refuse(content, 'invalid');

    final request = InterlineRequest(content.type, payload);
    final entry = _Entry(request);
    final isStorage = content.type.startsWith('storage.');
    void Function()? stopGuard;
    _entries[id] = entry;
    _running += 1;
    request._finish = (outcome) {
      stopGuard?.call();
      _running -= 1;
      // Else the page has been replaced: its successor has not asked this.
      if (identical(_entries[id], entry)) _answer(id, entry, outcome);
      if (isStorage) {
        _storageIsBusy = false;
        _runNextOfStorage();
      }
    };
    void run() {
      stopGuard = _clock.after(_guardMs, () => request.fail(const InterlineFault('timeout')));
      if (request.isCancelled) return request.fail(const InterlineFault('aborted'));
      try {
        handler(request);
      } catch (error) {
        request.fail(error);
      }
    }

    if (!isStorage) return run();
    _storageQueue.add(run);
    _runNextOfStorage();
  }

  /// The page no longer waits for [id].
  void cancel(int id) {
    final entry = _entries[id];
    if (entry != null && entry.answer == null) entry.request._cancel();
  }

  /// Another page has taken the place of the last one: its ids begin anew.
  void reset() {
    final unanswered = _entries.values.where((entry) => entry.answer == null).toList();
    _entries.clear();
    _answered.clear();
    _forgotten = 0;
    for (final entry in unanswered) {
      entry.request._cancel();
    }
  }

  void _runNextOfStorage() {
    if (_storageIsBusy || _storageQueue.isEmpty) return;
    _storageIsBusy = true;
    _storageQueue.removeAt(0)();
  }

  void _answer(int id, _Entry entry, JsonObject outcome) {
    final head = {'kind': 'res', 're': id, 'type': entry.request.type};
    JsonObject answer = {...head, ...outcome};
    if (!_send(answer)) {
      answer = {
        ...head,
        'err': {'code': 'too_large'},
      };
      _send(answer);
    }
    if (_safe.contains(entry.request.type)) {
      _entries.remove(id);
      return;
    }
    entry.answer = answer;
    _answered.add(id);
    if (_answered.length > _keptAtMost) {
      final oldest = _answered.removeAt(0);
      _entries.remove(oldest);
      if (oldest > _forgotten) _forgotten = oldest;
    }
  }

  void _refuse(InterlineContent content, String code) {
    // A command's answer has a name of its own, even that it is not the page's to ask.
    final type = content.type == 'cmd.exec' ? 'cmd.result' : content.type;
    _send({
      'kind': 'res',
      're': content.number,
      'type': type,
      'err': {'code': code},
    });
  }
}
