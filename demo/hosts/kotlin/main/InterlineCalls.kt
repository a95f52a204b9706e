// Our requests: each is sent again under the same id, after one second and then every other, until it is answered or its time is
// up. `cmd.exec` goes one at a time. Nothing is sent before `resume`.

package org.interline.host

import org.json.JSONObject

/** Called once, with the answer or with the fault. */
typealias InterlineCompletion = (reply: JSONObject?, fault: InterlineFault?) -> Unit

internal class InterlineCalls(private val clock: InterlineClock, private val send: (JSONObject) -> Boolean) {
    private class Waiting(val type: String, val payload: JSONObject, val completion: InterlineCompletion) {
        var hasTurn = false
        var wasSent = false
        var waitMs = FIRST_REPEAT_MS
        var stopTimer: () -> Unit = {}
        var stopRepeating: () -> Unit = {}
        val isCommand = type == "cmd.exec"
    }

    /** In the order of their ids. */
    private val waiting = LinkedHashMap<Long, Waiting>()
    private var lastId = 0L
    private var isOpen = false

    /** After `timeout`, `aborted`, `restarted` and `closed` nobody can tell whether the page has run it. */
    fun call(type: String, payload: JSONObject, timeoutMs: Long = 5_000L, completion: InterlineCompletion): Long {
        lastId += 1
        val id = lastId
        val call = Waiting(type, payload, completion)
        waiting[id] = call
        call.stopTimer = clock.after(timeoutMs) { giveUp(id, "timeout") }
        if (call.isCommand) giveTurn() else takeTurn(id, call)
        return id
    }

    fun giveUp(id: Long, code: String) {
        val call = waiting[id] ?: return
        // Nobody's work is saved by taking back a mere note.
        if (call.wasSent && isOpen && (call.isCommand || call.type == "app.willSuspend")) {
            send(jsonOf("kind" to "evt", "type" to "cancel", "payload" to jsonOf("id" to id)))
        }
        settle(id, null, InterlineFault(code))
    }

    fun answer(content: InterlineContent) {
        val call = waiting[content.number] ?: return
        if (content.type != (if (call.isCommand) "cmd.result" else call.type)) return
        val fault = content.fault ?: if (content.payload == null) InterlineFault("invalid") else null
        settle(content.number, if (fault == null) content.payload else null, fault)
    }

    /** The page can hear us. */
    fun resume() {
        isOpen = true
        for ((id, call) in waiting.toList()) {
            if (!call.hasTurn || id !in waiting) continue
            call.waitMs = FIRST_REPEAT_MS
            transmit(id, call)
        }
    }

    fun pause() {
        isOpen = false
        for (call in waiting.values) call.stopRepeating()
    }

    fun failAll(code: String) {
        for (id in waiting.keys.toList()) settle(id, null, InterlineFault(code))
    }

    private fun settle(id: Long, reply: JSONObject?, fault: InterlineFault?) {
        val call = waiting.remove(id) ?: return
        call.stopTimer()
        call.stopRepeating()
        call.completion(reply, fault)
        if (call.isCommand && call.hasTurn) giveTurn()
    }

    /** To the next command, if none has it. */
    private fun giveTurn() {
        val commands = waiting.toList().filter { it.second.isCommand }
        if (commands.any { it.second.hasTurn }) return
        val next = commands.firstOrNull() ?: return
        takeTurn(next.first, next.second)
    }

    private fun takeTurn(id: Long, call: Waiting) {
        call.hasTurn = true
        if (isOpen) transmit(id, call)
    }

    private fun transmit(id: Long, call: Waiting) {
        call.stopRepeating()
        val request = jsonOf("kind" to "req", "id" to id, "type" to call.type, "payload" to call.payload)
        if (!send(request)) return settle(id, null, InterlineFault("too_large"))
        // A page may answer before `send` returns.
        if (id !in waiting) return
        call.wasSent = true
        call.stopRepeating = clock.after(call.waitMs) { transmit(id, call) }
        call.waitMs = minOf(call.waitMs * 2, LONGEST_REPEAT_MS)
    }

    private companion object {
        const val FIRST_REPEAT_MS = 1_000L
        const val LONGEST_REPEAT_MS = 2_000L
    }
}
