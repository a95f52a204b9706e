// The page's requests: each runs once, however often it arrives, and is answered each time it arrives. Answers are kept
// for repetitions; below what has been forgotten a request is `expired`, never run again. `storage.*` goes one at a time.

package org.interline.host

import org.json.JSONObject

/** Answers a request of the page, now or later. What it throws is the request's fault. */
typealias InterlineHandler = (InterlineRequest) -> Unit

/** A request of the page. Exactly one of [reply] and [fail] answers it; further calls do nothing. */
class InterlineRequest internal constructor(val type: String, val payload: JSONObject) {
    /** Called when the page no longer waits for the answer. */
    var onCancel: () -> Unit = {}
    var isCancelled = false
        private set
    internal var finish: ((JSONObject) -> Unit)? = null

    fun reply(payload: JSONObject = JSONObject()) = settle(jsonOf("payload" to payload))

    fun fail(error: Throwable) {
        val code = (error as? InterlineFault)?.code ?: "failed"
        settle(jsonOf("err" to jsonOf("code" to code)))
    }

    /** A field that must be a string of 1 to `max` UTF-16 units; else the request is `invalid`. */
    fun text(field: String, max: Int = 256): String {
        val value = payload.opt(field) as? String
        if (value.isNullOrEmpty() || value.length > max) throw InterlineFault("invalid")
        return value
    }

    internal fun cancel() {
        isCancelled = true
        onCancel()
    }

    private fun settle(outcome: JSONObject) {
        val finish = this.finish
        this.finish = null
        finish?.invoke(outcome)
    }
}

/** @param send sends one message; false: it is too long for the bridge */
internal class InterlineAnswers(
    private val clock: InterlineClock,
    private val send: (JSONObject) -> Boolean,
    private val handlerOf: (String) -> InterlineHandler?,
) {
    private class Entry(val request: InterlineRequest) {
        var answer: JSONObject? = null
    }

    private val entries = HashMap<Long, Entry>()
    private val answered = ArrayDeque<Long>()
    private val storageQueue = ArrayDeque<() -> Unit>()
    private var storageIsBusy = false
    private var forgotten = 0L
    private var running = 0

    fun take(content: InterlineContent) {
        val id = content.number
        val known = entries[id]
        if (known != null) {
            known.answer?.let(send)
            return
        }
        val handler = handlerOf(content.type) ?: return refuse(content, "unsupported")
        if (id <= forgotten && content.type !in SAFE) return refuse(content, "expired")
        if (running >= RUNNING_AT_MOST) return refuse(content, "busy")
        val payload = content.payload ?: return refuse(content, "invalid")

        val request = InterlineRequest(content.type, payload)
        val entry = Entry(request)
        val isStorage = content.type.startsWith("storage.")
        var stopGuard: () -> Unit = {}
        entries[id] = entry
        running += 1
        request.finish = { outcome ->
            stopGuard()
            running -= 1
            // Else the page has been replaced: its successor has not asked this.
            if (entries[id] === entry) answer(id, entry, outcome)
            if (isStorage) {
                storageIsBusy = false
                runNextOfStorage()
            }
        }
        val run = {
            stopGuard = clock.after(GUARD_MS) { request.fail(InterlineFault("timeout")) }
            try {
                if (request.isCancelled) throw InterlineFault("aborted")
                handler(request)
            } catch (error: Exception) {
                request.fail(error)
            }
        }
        if (isStorage) {
            storageQueue.addLast(run)
            runNextOfStorage()
        } else {
            run()
        }
    }

    /** The page no longer waits for `id`. */
    fun cancel(id: Long) {
        val entry = entries[id] ?: return
        if (entry.answer == null) entry.request.cancel()
    }

    /** Another page has taken the place of the last one: its ids begin anew. */
    fun reset() {
        val unanswered = entries.values.filter { it.answer == null }
        entries.clear()
        answered.clear()
        forgotten = 0L
        for (entry in unanswered) entry.request.cancel()
    }

    private fun runNextOfStorage() {
        if (storageIsBusy || storageQueue.isEmpty()) return
        storageIsBusy = true
        val run = storageQueue.removeAt(0)
        run()
    }

    private fun answer(id: Long, entry: Entry, outcome: JSONObject) {
        val head = jsonOf("kind" to "res", "re" to id, "type" to entry.request.type)
        var answer = head.with(outcome)
        if (!send(answer)) {
            answer = head.with(jsonOf("err" to jsonOf("code" to "too_large")))
            send(answer)
        }
        if (entry.request.type in SAFE) {
            entries.remove(id)
            return
        }
        entry.answer = answer
        answered.addLast(id)
        if (answered.size > KEPT_AT_MOST) {
            val oldest = answered.removeAt(0)
            entries.remove(oldest)
            forgotten = maxOf(forgotten, oldest)
        }
    }

    private fun refuse(content: InterlineContent, code: String) {
        // A command's answer has a name of its own, even that it is not the page's to ask.
        val type = if (content.type == "cmd.exec") "cmd.result" else content.type
        send(jsonOf("kind" to "res", "re" to content.number, "type" to type, "err" to jsonOf("code" to code)))
    }

    private companion object {
        /** Their answers can be large, and asking twice does no harm: not kept. */
        val SAFE = setOf("auth.token", "storage.load", "storage.list", "storage.estimate")
        const val KEPT_AT_MOST = 256
        const val RUNNING_AT_MOST = 64
        const val GUARD_MS = 15 * 60_000L
    }
}
