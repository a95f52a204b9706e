// The page's storage in SQLite: one row per entry, one transaction per commit, off the main thread, in order.

package org.interline.host

import android.content.Context
import android.database.sqlite.SQLiteDatabase
import android.database.sqlite.SQLiteFullException
import android.database.sqlite.SQLiteOpenHelper
import android.os.Handler
import android.os.Looper
import org.json.JSONObject
import org.json.JSONTokener
import java.util.concurrent.Executors

/** @param file its name, for one signed-in person; another person gets another file */
class InterlineDatabase(context: Context, file: String = "interline.db") : InterlineStorage {
    private val helper = object : SQLiteOpenHelper(context.applicationContext, file, null, 1) {
        override fun onConfigure(database: SQLiteDatabase) {
            // What has been committed is there after a power cut, too.
            database.execSQL("PRAGMA synchronous = FULL")
        }

        override fun onCreate(database: SQLiteDatabase) = database.execSQL(
            "CREATE TABLE entries (doc TEXT, key TEXT, value TEXT, PRIMARY KEY (doc, key))",
        )

        override fun onUpgrade(database: SQLiteDatabase, from: Int, to: Int) = Unit
    }
    private val worker = Executors.newSingleThreadExecutor()
    private val main = Handler(Looper.getMainLooper())
    private val claimed = HashSet<String>()

    override fun load(doc: String, done: InterlineDone<JSONObject?>) = run(done) { database ->
        database.rawQuery("SELECT key, value FROM entries WHERE doc = ?", arrayOf(doc)).use { rows ->
            if (rows.count == 0) return@run null
            val entries = JSONObject()
            // A tokener reads any JSON value, not only objects.
            while (rows.moveToNext()) entries.put(rows.getString(0), JSONTokener(rows.getString(1)).nextValue())
            entries
        }
    }

    override fun commit(doc: String, put: JSONObject, remove: List<String>, done: InterlineDone<Unit>) =
        run(done) { database ->
            database.beginTransaction()
            try {
                for (key in put.keys()) {
                    val row = arrayOf(doc, key, textOf(put.get(key)))
                    database.execSQL("INSERT OR REPLACE INTO entries (doc, key, value) VALUES (?, ?, ?)", row)
                }
                for (key in remove) database.execSQL("DELETE FROM entries WHERE doc = ? AND key = ?", arrayOf(doc, key))
                database.setTransactionSuccessful()
            } finally {
                database.endTransaction()
            }
        }

    override fun list(done: InterlineDone<List<String>>) = run(done) { database ->
        database.rawQuery("SELECT DISTINCT doc FROM entries", null).use { rows ->
            val docs = ArrayList<String>()
            while (rows.moveToNext()) docs.add(rows.getString(0))
            docs
        }
    }

    override fun delete(doc: String, done: InterlineDone<Unit>) = run(done) { database ->
        database.execSQL("DELETE FROM entries WHERE doc = ?", arrayOf(doc))
    }

    override fun usedBytes(done: InterlineDone<Long>) = run(done) { database ->
        val sum = "SELECT COALESCE(SUM(LENGTH(CAST(value AS BLOB))), 0) FROM entries"
        database.compileStatement(sum).use { it.simpleQueryForLong() }
    }

    override fun claim(client: String): Boolean = claimed.add(client)

    override fun release() = claimed.clear()

    private fun textOf(value: Any): String = when (value) {
        is String -> JSONObject.quote(value)
        else -> value.toString()
    }

    private fun <T> run(done: InterlineDone<T>, work: (SQLiteDatabase) -> T) {
        worker.execute {
            val result = runCatching { work(helper.writableDatabase) }.recoverCatching { error ->
                throw if (error is SQLiteFullException) InterlineFault("quota") else error
            }
            main.post { done(result) }
        }
    }
}
