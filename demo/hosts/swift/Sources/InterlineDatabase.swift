// The page's storage in SQLite: one row per entry, one transaction per commit, off the main thread, in order.

import Foundation
import SQLite3

public final class InterlineDatabase: InterlineStorage {
  private let queue = DispatchQueue(label: "interline.storage")
  private let path: String
  /// Opened, and used, on `queue` only.
  private var database: OpaquePointer?
  /// By the page of the one view that this object belongs to.
  private var claimed: Set<String> = []

  /// - Parameter file: for one signed-in person; another person gets another file
  public init(file: URL) {
    path = file.path
  }

  deinit { sqlite3_close_v2(database) }

  public func load(_ doc: String, done: @escaping InterlineServices.Done<InterlineObject?>) {
    run(done) {
      let rows = try self.query("SELECT key, value FROM entries WHERE doc = ?", [doc])
      if rows.isEmpty { return nil }
      var entries: InterlineObject = [:]
      for row in rows { entries[row[0]] = interlineParse(row[1]) }
      return entries
    }
  }

  public func commit(
    _ doc: String, put: InterlineObject, remove: [String], done: @escaping InterlineServices.Done<Void>
  ) {
    run(done) {
      _ = try self.query("BEGIN IMMEDIATE", [])
      do {
        for (key, value) in put {
          let row = [doc, key, interlineJson(value)]
          _ = try self.query("INSERT OR REPLACE INTO entries (doc, key, value) VALUES (?, ?, ?)", row)
        }
        for key in remove {
          _ = try self.query("DELETE FROM entries WHERE doc = ? AND key = ?", [doc, key])
        }
        _ = try self.query("COMMIT", [])
      } catch {
        _ = try? self.query("ROLLBACK", [])
        throw error
      }
    }
  }

  public func list(done: @escaping InterlineServices.Done<[String]>) {
    run(done) { try self.query("SELECT DISTINCT doc FROM entries", []).map { $0[0] } }
  }

  public func delete(_ doc: String, done: @escaping InterlineServices.Done<Void>) {
    run(done) { _ = try self.query("DELETE FROM entries WHERE doc = ?", [doc]) }
  }

  public func usedBytes(done: @escaping InterlineServices.Done<Int>) {
    run(done) {
      let rows = try self.query("SELECT COALESCE(SUM(LENGTH(CAST(value AS BLOB))), 0) FROM entries", [])
      return rows.first.flatMap { Int($0[0]) } ?? 0
    }
  }

  public func claim(_ client: String) -> Bool { claimed.insert(client).inserted }

  public func release() { claimed.removeAll() }

  private func run<Value>(_ done: @escaping InterlineServices.Done<Value>, _ work: @escaping () throws -> Value) {
    queue.async {
      let result = Result { () throws -> Value in
        try self.open()
        return try work()
      }
      DispatchQueue.main.async { done(result) }
    }
  }

  private func open() throws {
    if database != nil { return }
    guard sqlite3_open(path, &database) == SQLITE_OK else {
      sqlite3_close_v2(database)
      database = nil
      throw InterlineFault("unavailable")
    }
    // What has been committed is there after a power cut, too.
    _ = try query("PRAGMA synchronous = FULL", [])
    _ = try query(
      "CREATE TABLE IF NOT EXISTS entries (doc TEXT, key TEXT, value TEXT, PRIMARY KEY (doc, key)) WITHOUT ROWID", [])
  }

  private func query(_ sql: String, _ values: [String]) throws -> [[String]] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else { throw fault() }
    defer { sqlite3_finalize(statement) }
    // SQLite copies the text before the call returns.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for (index, value) in values.enumerated() {
      sqlite3_bind_text(statement, Int32(index + 1), value, -1, transient)
    }
    var rows: [[String]] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        rows.append((0..<sqlite3_column_count(statement)).map { column in
          sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
        })
      case SQLITE_DONE:
        return rows
      default:
        throw fault()
      }
    }
  }

  private func fault() -> InterlineFault {
    InterlineFault(sqlite3_errcode(database) == SQLITE_FULL ? "quota" : "failed")
  }
}
