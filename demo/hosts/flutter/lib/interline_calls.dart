// Our requests: each is sent again under the same id, after one second and then every other, until it is answered or its time is
// up. `cmd.exec` goes one at a time. Nothing is sent before `resume`.

import 'interline_envelope.dart';
import 'interline_link.dart';

/// Called once, with the answer or with the fault.
typedef InterlineCompletion = void Function(JsonObject? reply, InterlineFault? fault);

class _Waiting {
  _Waiting(this.type, this.payload, this.completion);
  final String type;
  final JsonObject payload;
  final InterlineCompletion completion;
  bool hasTurn = false;
  bool wasSent = false;
  int waitMs = InterlineCalls._firstRepeatMs;
  void Function()? stopTimer;
  void Function()? stopRepeating;

  bool get isCommand => type == 'cmd.exec';
}

class InterlineCalls {
  InterlineCalls(this._clock, this._send);

  static const _firstRepeatMs = 1000;
  static const _longestRepeatMs = 2000;

  final InterlineClock _clock;
  final bool Function(JsonObject content) _send;

  /// In the order of their ids.
  final _waiting = <int, _Waiting>{};
  var _lastId = 0;
  var _isOpen = false;

  /// After `timeout`, `aborted`, `restarted` and `closed` nobody can tell whether the page has run it.
  int call(String type, JsonObject payload, InterlineCompletion completion, {int timeoutMs = 5000}) {
    _lastId += 1;
    final id = _lastId;
    final call = _Waiting(type, payload, completion);
    _waiting[id] = call;
    call.stopTimer = _clock.after(timeoutMs, () => giveUp(id, 'timeout'));
    if (call.isCommand) {
      _giveTurn();
    } else {
      _takeTurn(id, call);
    }
    return id;
  }

  void giveUp(int id, String code) {
    final call = _waiting[id];
    if (call == null) return;
    // Nobody's work is saved by taking back a mere note.
    if (call.wasSent && _isOpen && (call.isCommand || call.type == 'app.willSuspend')) {
      _send({
        'kind': 'evt',
        'type': 'cancel',
        'payload': {'id': id},
      });
    }
    _settle(id, null, InterlineFault(code));
  }

  void answer(InterlineContent content) {
    final call = _waiting[content.number];
    if (call == null || content.type != (call.isCommand ? 'cmd.result' : call.type)) return;
    final fault = content.fault ?? (content.payload == null ? const InterlineFault('invalid') : null);
    _settle(content.number, fault == null ? content.payload : null, fault);
  }

  /// The page can hear us.
  void resume() {
    _isOpen = true;
    for (final entry in _waiting.entries.toList()) {
      if (!entry.value.hasTurn || !_waiting.containsKey(entry.key)) continue;
      entry.value.waitMs = _firstRepeatMs;
      _transmit(entry.key, entry.value);
    }
  }

  void pause() {
    _isOpen = false;
    for (final call in _waiting.values) {
      call.stopRepeating?.call();
    }
  }

  void failAll(String code) {
    for (final id in _waiting.keys.toList()) {
      _settle(id, null, InterlineFault(code));
    }
  }

  void _settle(int id, JsonObject? reply, InterlineFault? fault) {
    final call = _waiting.remove(id);
    if (call == null) return;
    call.stopTimer?.call();
    call.stopRepeating?.call();
    call.completion(reply, fault);
    if (call.isCommand && call.hasTurn) _giveTurn();
  }

  /// To the next command, if none has it.
  void _giveTurn() {
    final commands = _waiting.entries.where((entry) => entry.value.isCommand).toList();
    if (commands.isEmpty || commands.any((entry) => entry.value.hasTurn)) return;
    _takeTurn(commands.first.key, commands.first.value);
  }

  void _takeTurn(int id, _Waiting call) {
    call.hasTurn = true;
    if (_isOpen) _transmit(id, call);
  }

  void _transmit(int id, _Waiting call) {
    call.stopRepeating?.call();
    if (!_send({'kind': 'req', 'id': id, 'type': call.type, 'payload': call.payload})) {
      return _settle(id, null, const InterlineFault('too_large'));
    }
    // A page may answer before `_send` returns.
    if (!_waiting.containsKey(id)) return;
    call.wasSent = true;
    call.stopRepeating = _clock.after(call.waitMs, () => _transmit(id, call));
    call.waitMs = call.waitMs * 2 > _longestRepeatMs ? _longestRepeatMs : call.waitMs * 2;
  }
}
