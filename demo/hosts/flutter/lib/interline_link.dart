// The app's end of the bridge, without any view: handshake, order, notes, last values. The page's requests are
// InterlineAnswers', our own InterlineCalls'.
//
//   greeting ──hello──▶ init sent ──ready──▶ open ──hello from a new page──▶ init sent …
//
// What always holds: nothing is believed that has not this nonce and the next number. `exchanges.json` says message by
// message what this file does; `interline_link_test.dart` replays it.

import 'dart:async';
import 'dart:convert';

import 'interline_answers.dart';
import 'interline_calls.dart';
import 'interline_envelope.dart';

abstract class InterlineClock {
  int get nowMs;

  /// Runs [task] after [ms]. Calling what is returned prevents it.
  void Function() after(int ms, void Function() task);
}

class SystemClock implements InterlineClock {
  const SystemClock();

  @override
  int get nowMs => DateTime.now().millisecondsSinceEpoch;

  @override
  void Function() after(int ms, void Function() task) => Timer(Duration(milliseconds: ms), task).cancel;
}

/// Answers a request of the page, now or later. What it throws is the request's fault.
typedef InterlineHandler = void Function(InterlineRequest request);

class InterlineLink {
  /// [sid] is a fresh nonce for every load of the page, which the page has been given too; [boot] 16 hexadecimal digits,
  /// fresh for every link. [page] is `doc`, `user`, `locale`, `dir`, `caps`, `storage` of the page's `init`; [latest]
  /// `net.status`, `app.state`, `insets`, `theme.set` as they are now. What [handlers] lacks is answered with
  /// `unsupported`. [put] hands one string to the page.
  InterlineLink({
    required this.sid,
    required this.boot,
    required this.page,
    required this.handlers,
    required Map<String, JsonObject> latest,
    required this.put,
    this.clock = const SystemClock(),
  })  : _latest = {...latest},
        // A host that is started again counts on above its predecessor.
        _lastSeqOut = clock.nowMs * 1000 {
    _answers = InterlineAnswers(clock, _send, _handler);
    _calls = InterlineCalls(clock, _send);
  }

  final String sid;
  final String boot;
  final JsonObject page;
  final Map<String, InterlineHandler> handlers;
  final InterlineClock clock;
  final void Function(String text) put;

  void Function()? onReady;

  /// A page that speaks another protocol: the app, or the page, must be updated.
  void Function()? onIncompatible;

  /// What a toolbar shows, put together from all patches.
  void Function(JsonObject state)? onState;

  /// `doc.stats`, `doc.notice`, `sync.status` and `presence.list`.
  void Function(String type, JsonObject payload)? onNote;

  /// The page is gone or replaced: what it had claimed is free.
  void Function()? onRelease;
  JsonObject get state => _state;

  static const _handshake = {'hello', 'init', 'restart'};

  /// What may come as an event, too.
  static const _notes = {
    'ready',
    'state.patch',
    'doc.stats',
    'doc.notice',
    'sync.status',
    'presence.list',
    'haptic',
    'a11y.announce',
    'log',
  };
  static const _initFields = {'net.status': 'net', 'app.state': 'app', 'insets': 'insets', 'theme.set': 'theme'};
  static final _boot = RegExp(r'^[0-9a-f]{16,32}$');

  late final InterlineAnswers _answers;
  late final InterlineCalls _calls;
  final Map<String, JsonObject> _latest;
  final _untold = <String>{};
  final _telling = <String, int>{};
  final _reassembly = InterlineReassembly();
  JsonObject _state = {};
  bool _isOpen = false;
  bool _isClosed = false;
  String? _peer;
  int _lastSeqIn = 0;
  int _lastSeqOut;
  int _lastChunk = 0;
  int _messageBytes = InterlineEnvelope.messageBytes;
  int _lastAskedAt = -1000000;
  void Function()? _stopAsking;

  /// There may be a page already, which has shaken hands with a host before this one.
  void start() {
    _askForHello();
    _askOn(1000);
  }

  void close() {
    _isClosed = true;
    _isOpen = false;
    _stopAsking?.call();
    _calls.pause();
    _calls.failAll('closed');
    _answers.reset();
    onRelease?.call();
  }

  // What the app says.

  /// Runs an editor command in the page. Commands run in order, one at a time. Completes with what the command returned.
  Future<Object?> exec(String name, [Object? args]) {
    final done = Completer<Object?>();
    final payload = {'name': name, if (args != null) 'args': args};
    _calls.call('cmd.exec', payload, (reply, fault) {
      if (fault == null) {
        done.complete(reply?['value']);
      } else {
        done.completeError(fault);
      }
    });
    return done.future;
  }

  /// `net.status`, `app.state`, `insets` or `theme.set`. Only the last value of each counts.
  void setLatest(String type, JsonObject payload) {
    if (jsonEncode(_latest[type]) == jsonEncode(payload)) return;
    _latest[type] = payload;
    _untold.add(type);
    _tell(type);
  }

  /// Somebody else has signed in: the page drops its token and asks for another.
  void authChanged() {
    if (_isOpen) _insistOnAuthChanged(_peer);
  }

  /// Lets the page save. Completes with whether it has, at the deadline at the latest.
  Future<bool> willSuspend(int deadlineMs) {
    final done = Completer<bool>();
    _calls.call('app.willSuspend', {'deadlineMs': deadlineMs}, (reply, fault) {
      done.complete(reply?['done'] == true);
    }, timeoutMs: deadlineMs);
    return done.future;
  }

  // What comes in.

  void receive(String text) {
    final message = _isClosed ? null : InterlineEnvelope.read(text, sid);
    if (message == null) return;
    final seq = message.seq;
    final content = message.content;
    if (_handshake.contains(content.type)) {
      if (content.type == 'hello' && content.kind == 'req' && seq > _lastSeqIn) _hello(content, seq);
    } else if (_peer == null) {
      _askForHello();
    } else if (seq > _lastSeqIn) {
      _lastSeqIn = seq;
      _accept(content);
    }
  }

  void _hello(InterlineContent content, int seq) {
    void answer(JsonObject outcome) {
      _send({'kind': 'res', 're': content.number, 'type': 'init', ...outcome});
    }

    final theirs = content.payload?['boot'];
    final protocols = content.payload?['protocols'];
    if (theirs is! String || !_boot.hasMatch(theirs) || protocols is! List) {
      return answer({
        'err': {'code': 'invalid'},
      });
    }
    if (!protocols.contains(1)) {
      answer({
        'err': {'code': 'protocol_unsupported'},
      });
      onIncompatible?.call();
      return;
    }
    if (theirs == _peer) {
      _lastSeqIn = seq;
    } else {
      _welcome(theirs, seq, content.payload?['limits']);
    }
    answer({
      'payload': {
        ...page,
        for (final field in _initFields.entries)
          if (_latest.containsKey(field.key)) field.value: _latest[field.key],
        'protocol': 1,
        'boot': theirs,
        'host': boot,
        'limits': {
          'msgBytes': InterlineEnvelope.messageBytes,
          'totalBytes': InterlineEnvelope.totalBytes,
          'parts': InterlineEnvelope.parts,
        },
      },
    });
  }

  /// A page we have not seen: what its predecessor showed, asked and had claimed is gone with it.
  void _welcome(String theirs, int seq, Object? limits) {
    final isFirst = _peer == null;
    _peer = theirs;
    _lastSeqIn = seq;
    _isOpen = false;
    _reassembly.clear();
    _answers.reset();
    _calls.pause();
    final limit = limits is JsonObject ? countOf(limits['msgBytes']) : null;
    _messageBytes = (limit ?? InterlineEnvelope.messageBytes).clamp(64 * 1024, InterlineEnvelope.messageBytes);
    if (_state.isNotEmpty) {
      _state = {};
      onState?.call(_state);
    }
    if (!isFirst) {
      _calls.failAll('restarted');
      onRelease?.call();
    }
    // `init` tells them.
    _untold.clear();
    _lastAskedAt = clock.nowMs;
  }

  void _ready(InterlineRequest request) {
    if (request.payload['host'] != boot) {
      _askForHello();
      throw const InterlineFault('restarted');
    }
    if (!_isOpen) {
      _stopAsking?.call();
      _isOpen = true;
      _calls.resume();
      _untold.toList().forEach(_tell);
      onReady?.call();
    }
    request.reply();
  }

  void _accept(InterlineContent content) {
    var whole = content;
    if (content.type == 'chunk') {
      final text = content.kind == 'evt' ? _reassembly.take(content.payload ?? {}, clock.nowMs) : null;
      final message = text == null ? null : parseObject(text);
      final put = message == null ? null : InterlineContent.of(message);
      if (put == null || put.type == 'chunk' || _handshake.contains(put.type)) return;
      whole = put;
    }
    if (whole.kind == 'res') {
      _calls.answer(whole);
    } else if (whole.kind == 'req') {
      _answers.take(whole);
    } else {
      _note(whole);
    }
    // It talks as if it knew us.
    if (!_isOpen && !_isClosed) _askForHello();
  }

  void _note(InterlineContent content) {
    final payload = content.payload;
    if (payload == null) return;
    if (content.type == 'cancel') {
      final id = countOf(payload['id']);
      if (id != null) _answers.cancel(id);
    } else if (_notes.contains(content.type)) {
      try {
        _handler(content.type)?.call(InterlineRequest(content.type, payload));
      } on InterlineFault {
        // Nobody waits for an answer.
      }
    }
  }

  InterlineHandler? _handler(String type) {
    switch (type) {
      case 'ready':
        return _ready;
      case 'state.patch':
        return (request) {
          _state = {..._state, ...request.payload};
          onState?.call(_state);
          request.reply();
        };
      case 'doc.stats':
      case 'doc.notice':
      case 'sync.status':
      case 'presence.list':
        return (request) {
          onNote?.call(type, request.payload);
          request.reply();
        };
      default:
        return handlers[type];
    }
  }

  // What goes out.

  /// False: it is longer than the bridge carries, and nothing has been sent.
  bool _send(JsonObject content) {
    if (_isClosed) return true;
    final whole = InterlineEnvelope.write(sid, _lastSeqOut + 1, content);
    if (utf8Length(whole) <= _messageBytes) {
      _lastSeqOut += 1;
      put(whole);
      return true;
    }
    final pieces = InterlineEnvelope.cut(jsonEncode(content), _messageBytes);
    if (pieces == null) return false;
    _lastChunk += 1;
    for (var part = 0; part < pieces.length; part += 1) {
      _lastSeqOut += 1;
      final payload = {'id': _lastChunk, 'part': part, 'of': pieces.length, 'data': pieces[part]};
      put(InterlineEnvelope.write(sid, _lastSeqOut, {'kind': 'evt', 'type': 'chunk', 'payload': payload}));
    }
    return true;
  }

  void _tell(String type) {
    final value = _latest[type];
    if (!_isOpen || value == null) return;
    final last = _telling[type];
    if (last != null) _calls.giveUp(last, 'aborted');
    _telling[type] = _calls.call(type, value, (reply, fault) {
      if (fault == null) {
        _untold.remove(type);
      } else if (fault.mayBeRetried) {
        clock.after(1000, () {
          if (_untold.contains(type)) _tell(type);
        });
      }
    });
  }

  void _insistOnAuthChanged(String? to) {
    _calls.call('auth.changed', {}, (reply, fault) {
      if (fault == null || !fault.mayBeRetried) return;
      clock.after(1000, () {
        if (!_isClosed && _peer == to) _insistOnAuthChanged(to);
      });
    });
  }

  void _askForHello() {
    if (clock.nowMs - _lastAskedAt < 1000) return;
    _lastAskedAt = clock.nowMs;
    _send({
      'kind': 'evt',
      'type': 'restart',
      'payload': {'host': boot},
    });
  }

  void _askOn(int waitMs) {
    _stopAsking?.call();
    _stopAsking = clock.after(waitMs, () {
      _askForHello();
      _askOn(waitMs * 2 > 30000 ? 30000 : waitMs * 2);
    });
  }
}
