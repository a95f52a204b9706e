// Replays exchanges.json (copy it beside this file): the link answers what the reference host answers.

import 'dart:async';
import 'dart:convert';
import 'dart:io';

import 'package:flutter_test/flutter_test.dart';
import 'package:interline_host/interline_envelope.dart';
import 'package:interline_host/interline_link.dart';
import 'package:interline_host/interline_services.dart';

void main() {
  final golden = jsonDecode(File('test/exchanges.json').readAsStringSync()) as JsonObject;
  for (final exchange in golden['exchanges'] as List) {
    test((exchange as JsonObject)['title'], () => play(golden, exchange));
  }
}

Future<void> play(JsonObject golden, JsonObject exchange) async {
  final steps = [if (exchange['opened'] == true) ...golden['opening'] as List, ...exchange['steps'] as List];
  final startMs = golden['startMs'] as int;
  final clock = TestClock(startMs);
  final storage = MemoryStorage();
  final services = testServices(storage);
  final sent = <JsonObject>[];
  final link = InterlineLink(
    sid: golden['sid'] as String,
    boot: golden['boot'] as String,
    page: {...golden['page'] as JsonObject, 'caps': services.caps, 'storage': 'native'},
    handlers: services.handlers(),
    latest: {'net.status': golden['net'] as JsonObject},
    clock: clock,
    put: (text) => sent.add(jsonDecode(text) as JsonObject),
  );
  link.onRelease = storage.release;
  link.start();
  var seqIn = (golden['firstSeq'] as int) - 1;
  var seqOut = startMs * 1000;
  JsonObject? outcome;
  void note(Future<Object?> request) {
    request.then(
      (value) => outcome = {'value': value},
      onError: (Object fault) => outcome = {'code': (fault as InterlineFault).code},
    );
  }

  for (final raw in steps) {
    final step = raw as JsonObject;
    final place = '${exchange['title']}: ${jsonEncode(step)}';
    if (step['raw'] != null) link.receive(step['raw'] as String);
    final message = step['in'] as JsonObject?;
    for (var time = 0; message != null && time < (step['times'] as int? ?? 1); time += 1) {
      if (message['seq'] == null) seqIn += 1;
      final whole = {'p': 'interline', 'v': 1, 'sid': golden['sid'], 'seq': seqIn, ...message};
      if (time > 0) whole['id'] = (message['id'] as int) + time;
      link.receive(jsonEncode(whole));
      await settled();
    }
    if (step['passMs'] != null) clock.pass(step['passMs'] as int);
    final command = step['exec'] as JsonObject?;
    if (command != null) note(link.exec(command['name'] as String, expand(command['args'])));
    if (step['net'] != null) link.setLatest('net.status', step['net'] as JsonObject);
    if (step['authChanged'] != null) link.authChanged();
    if (step['suspend'] != null) note(link.willSuspend(step['suspend'] as int));
    await settled();

    var out = <JsonObject>[];
    var pieces = '';
    for (final one in sent) {
      seqOut += 1;
      expect(one['seq'], seqOut, reason: place);
      if (one['type'] != 'chunk') {
        out.add(plain(one));
        continue;
      }
      final chunk = one['payload'] as JsonObject;
      pieces += chunk['data'] as String;
      if ((chunk['part'] as int) + 1 == chunk['of']) {
        out.add(plain({...jsonDecode(pieces) as JsonObject, 'chunked': true}));
        pieces = '';
      }
    }
    sent.clear();
    if (step['only'] != null) out = out.take(step['only'] as int).toList();
    expect(out, expand(step['out'] ?? []), reason: place);
    if (step['outcome'] != null) expect(outcome, step['outcome'], reason: place);
    if (step['state'] != null) expect(link.state, step['state'], reason: place);
  }
  link.close();
}

/// What futures of the services come to has been sent.
Future<void> settled() => Future<void>.delayed(Duration.zero);

InterlineServices testServices(InterlineStorage storage) {
  return InterlineServices(
    token: (reason) async => InterlineToken('token for $reason', expiresInMs: 600000),
    storage: storage,
    openLink: (_) async => true,
    share: (request) {
      final done = Completer<bool>();
      request.onCancel = () => done.completeError(const InterlineFault('cancelled'));
      return done.future;
    },
    haptic: (_) {},
    announce: (_, __) {},
    log: (_, __) {},
  );
}

/// `{"$repeat": text, "count": n}` stands for `text` n times.
Object? expand(Object? value) {
  if (value is List) return value.map(expand).toList();
  if (value is! JsonObject) return value;
  final text = value[r'$repeat'];
  if (text is String) return text * (value['count'] as int);
  return value.map((key, field) => MapEntry(key, expand(field)));
}

/// Without its place in the stream and words for people; capabilities in order.
JsonObject plain(JsonObject message) {
  final plain = {...message}..removeWhere((key, _) => const {'p', 'v', 'sid', 'seq'}.contains(key));
  final payload = plain['payload'];
  if (payload is JsonObject && payload['caps'] is List) {
    plain['payload'] = {...payload, 'caps': [...payload['caps'] as List]..sort()};
  }
  return plain;
}

class TestClock implements InterlineClock {
  TestClock(this._nowMs);
  int _nowMs;
  final _timers = <({int at, void Function() task})>[];

  @override
  int get nowMs => _nowMs;

  @override
  void Function() after(int ms, void Function() task) {
    final timer = (at: _nowMs + ms, task: task);
    _timers.add(timer);
    return () => _timers.removeWhere((other) => identical(other.task, task));
  }

  void pass(int ms) {
    final end = _nowMs + ms;
    while (true) {
      final due = _timers.where((timer) => timer.at <= end).toList();
      if (due.isEmpty) break;
      due.sort((a, b) => a.at.compareTo(b.at));
      final next = due.first;
      _timers.removeWhere((other) => identical(other.task, next.task));
      if (next.at > _nowMs) _nowMs = next.at;
      next.task();
    }
    _nowMs = end;
  }
}

class MemoryStorage implements InterlineStorage {
  final _docs = <String, JsonObject>{};
  final _claimed = <String>{};

  @override
  Future<JsonObject?> load(String doc) async => _docs[doc];

  @override
  Future<void> commit(String doc, JsonObject put, List<String> remove) async {
    _docs[doc] = {...?_docs[doc], ...put}..removeWhere((key, _) => remove.contains(key));
  }

  @override
  Future<List<String>> list() async => _docs.keys.toList();

  @override
  Future<void> delete(String doc) async {
    _docs.remove(doc);
  }

  @override
  bool claim(String client) => _claimed.add(client);

  @override
  void release() => _claimed.clear();

  @override
  Future<int> usedBytes() async => 0;
}
