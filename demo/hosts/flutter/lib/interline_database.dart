// The page's storage in SQLite (`sqflite`): one row per entry, one transaction per commit.

import 'dart:convert';

import 'package:sqflite/sqflite.dart';

import 'interline_envelope.dart';
import 'interline_services.dart';

class InterlineDatabase implements InterlineStorage {
  /// [file] is for one signed-in person; another person gets another file.
  InterlineDatabase(this.file);

  final String file;
  final _claimed = <String>{};
  late final Future<Database> _database = openDatabase(
    file,
    version: 1,
    // What has been committed is there after a power cut, too.
    onConfigure: (database) => database.rawQuery('PRAGMA synchronous = FULL'),
    onCreate: (database, _) => database.execute(
      'CREATE TABLE entries (doc TEXT, key TEXT, value TEXT, PRIMARY KEY (doc, key))',
    ),
  );

  @override
  Future<JsonObject?> load(String doc) async {
    final database = await _database;
    final rows = await database.query('entries', where: 'doc = ?', whereArgs: [doc]);
    if (rows.isEmpty) return null;
    return {for (final row in rows) row['key'] as String: jsonDecode(row['value'] as String)};
  }

  @override
  Future<void> commit(String doc, JsonObject put, List<String> remove) async {
    final database = await _database;
    await database.transaction((transaction) async {
      final batch = transaction.batch();
      for (final entry in put.entries) {
        batch.insert(
          'entries',
          {'doc': doc, 'key': entry.key, 'value': jsonEncode(entry.value)},
          conflictAlgorithm: ConflictAlgorithm.replace,
        );
      }
      for (final key in remove) {
        batch.delete('entries', where: 'doc = ? AND key = ?', whereArgs: [doc, key]);
      }
      await batch.commit(noResult: true);
    });
  }

  @override
  Future<List<String>> list() async {
    final database = await _database;
    final rows = await database.query('entries', distinct: true, columns: ['doc']);
    return [for (final row in rows) row['doc'] as String];
  }

  @override
  Future<void> delete(String doc) async {
    final database = await _database;
    await database.delete('entries', where: 'doc = ?', whereArgs: [doc]);
  }

  @override
  bool claim(String client) => _claimed.add(client);

  @override
  void release() => _claimed.clear();

  @override
  Future<int> usedBytes() async {
    final database = await _database;
    final rows = await database.rawQuery('SELECT COALESCE(SUM(LENGTH(CAST(value AS BLOB))), 0) FROM entries');
    return Sqflite.firstIntValue(rows) ?? 0;
  }
}
