// Messages of `interline-bridge/1` as text and back: envelope, size limit, chunks.
//
// What always holds: `read` gives only messages of this bridge and this nonce, at most 256 KiB long; pieces of a long
// message are taken in order and once, at most four messages are unfinished, and together they stay under 16 MiB.

package org.interline.host

import org.json.JSONException
import org.json.JSONObject

/** Why a request failed, as it crosses the bridge: `denied`, `cancelled`, `unavailable`, `quota`, `failed` … */
class InterlineFault(val code: String) : Exception(code) {
    /** The same request may succeed later. */
    val mayBeRetried: Boolean
        get() = code in setOf("timeout", "busy", "unavailable", "restarted")
}

/** A whole number from 1 on. */
internal fun countOf(value: Any?): Long? {
    val number = (value as? Number)?.toDouble() ?: return null
    return if (number >= 1 && number <= 9_007_199_254_740_991.0 && number % 1.0 == 0.0) value.toLong() else null
}

internal fun jsonOf(vararg fields: Pair<String, Any?>): JSONObject {
    val json = JSONObject()
    for ((name, value) in fields) json.put(name, value)
    return json
}

/** A copy of this object with the fields of `other` over its own. */
internal fun JSONObject.with(other: JSONObject): JSONObject {
    val json = JSONObject()
    for (key in keys()) json.put(key, get(key))
    for (key in other.keys()) json.put(key, other.get(key))
    return json
}

internal fun parseObject(text: String): JSONObject? =
    try {
        JSONObject(text)
    } catch (_: JSONException) {
        null
    }

internal fun utf8Length(text: String): Int = text.toByteArray(Charsets.UTF_8).size

/** What one message says. `number` is that of a request, or of the request that is answered; `payload` null: no object. */
internal class InterlineContent(
    val kind: String,
    val type: String,
    val number: Long,
    val payload: JSONObject?,
    val fault: InterlineFault?,
) {
    companion object {
        private val typePattern = Regex("[A-Za-z][A-Za-z0-9_.-]{0,63}")

        fun of(message: JSONObject): InterlineContent? {
            val kind = message.opt("kind") as? String ?: return null
            val type = message.opt("type") as? String ?: return null
            if (!typePattern.matches(type)) return null
            val number = when (kind) {
                "evt" -> 0L
                "req" -> countOf(message.opt("id"))
                "res" -> countOf(message.opt("re"))
                else -> null
            } ?: return null
            val payload = if (message.isNull("payload")) JSONObject() else message.opt("payload") as? JSONObject
            val err = message.optJSONObject("err")
            val fault = err?.let { InterlineFault(it.opt("code") as? String ?: "failed") }
            return InterlineContent(kind, type, number, payload, fault)
        }
    }
}

/** A message and its place in the stream. */
internal class InterlineMessage(val seq: Long, val content: InterlineContent)

internal object InterlineEnvelope {
    const val MESSAGE_BYTES = 256 * 1024
    const val TOTAL_BYTES = 16 * 1024 * 1024
    const val PARTS = 256

    /** What the envelope and the rest of a chunk may take of a message. */
    private const val ROOM_BYTES = 512

    fun write(sid: String, seq: Long, content: JSONObject): String =
        jsonOf("p" to "interline", "v" to 1, "sid" to sid, "seq" to seq).with(content).toString()

    fun read(text: String, sid: String): InterlineMessage? {
        if (text.length > MESSAGE_BYTES || utf8Length(text) > MESSAGE_BYTES) return null
        val message = parseObject(text) ?: return null
        if (message.opt("p") != "interline" || countOf(message.opt("v")) != 1L) return null
        if (message.opt("sid") != sid) return null
        val seq = countOf(message.opt("seq")) ?: return null
        val content = InterlineContent.of(message) ?: return null
        return InterlineMessage(seq, content)
    }

    /** Cuts `text` so that each piece, escaped once more, fits a message. null: it is longer than the bridge carries. */
    fun cut(text: String, messageBytes: Int): List<String>? {
        if (utf8Length(text) > TOTAL_BYTES) return null
        val pieces = mutableListOf<String>()
        var start = 0
        var bytes = 0
        for (index in text.indices) {
            val cost = escapedBytes(text[index])
            if (bytes + cost > messageBytes - ROOM_BYTES) {
                pieces.add(text.substring(start, index))
                start = index
                bytes = 0
            }
            bytes += cost
        }
        pieces.add(text.substring(start))
        return if (pieces.size > PARTS) null else pieces
    }

    /** The first half of a pair pays for both, so that no cut parts them. What `org.json` may escape, is. */
    private fun escapedBytes(unit: Char): Int = when {
        unit == '"' || unit == '\\' || unit == '/' -> 2
        unit < ' ' || unit in '\u0080'..'\u00a0' || unit in '\u2000'..'\u20ff' -> 6
        unit.isHighSurrogate() -> 4
        unit.isLowSurrogate() -> 0
        unit.code < 0x80 -> 1
        unit.code < 0x800 -> 2
        else -> 3
    }
}

/** Puts the page's chunks together. */
internal class InterlineReassembly {
    private class Unfinished(val of: Long) {
        val pieces = mutableListOf<String>()
        var bytes = 0
        var touchedAt = 0L
    }

    /** The one that has stood still longest comes first. */
    private val unfinished = LinkedHashMap<Long, Unfinished>()

    /** The whole text, once the last piece is there. */
    fun take(chunk: JSONObject, nowMs: Long): String? {
        unfinished.values.removeAll { nowMs - it.touchedAt >= IDLE_MS }
        val id = countOf(chunk.opt("id")) ?: return null
        val of = countOf(chunk.opt("of")) ?: return null
        val part = (chunk.opt("part") as? Number)?.toInt() ?: return null
        val data = chunk.opt("data") as? String ?: return null
        if (of < 2 || of > InterlineEnvelope.PARTS) return null
        val found = unfinished.remove(id) ?: Unfinished(of)
        if (found.of != of || found.pieces.size != part) return null
        if (unfinished.size >= UNFINISHED_AT_MOST) unfinished.remove(unfinished.keys.first())
        found.pieces.add(data)
        found.bytes += utf8Length(data)
        found.touchedAt = nowMs
        while (unfinished.values.sumOf { it.bytes } + found.bytes > InterlineEnvelope.TOTAL_BYTES) {
            if (unfinished.isEmpty()) return null
            unfinished.remove(unfinished.keys.first())
        }
        if (found.pieces.size.toLong() == of) return found.pieces.joinToString("")
        unfinished[id] = found
        return null
    }

    fun clear() = unfinished.clear()

    private companion object {
        const val IDLE_MS = 10_000L
        const val UNFINISHED_AT_MOST = 4
    }
}
