// The app's end of the bridge, without any view: handshake, order, notes, last values. The page's requests are
// InterlineAnswers', our own InterlineCalls'.
//
//   greeting ──hello──▶ init sent ──ready──▶ open ──hello from a new page──▶ init sent …
//
// What always holds: nothing is believed that has not this nonce and the next number. Everything is on the main thread.
// `exchanges.json` says message by message what this file does; `InterlineLinkTest` replays it.

package org.interline.host

import org.json.JSONArray
import org.json.JSONObject

interface InterlineClock {
    val nowMs: Long

    /** Runs `task` on the main thread after `ms`. Calling what is returned prevents it. */
    fun after(ms: Long, task: () -> Unit): () -> Unit
}

/**
 * @param sid a fresh nonce for every load of the page, which the page has been given too
 * @param boot 16 hexadecimal digits, fresh for every link
 * @param page `doc`, `user`, `locale`, `dir`, `caps`, `storage` of the page's `init`
 * @param handlers what the page may ask; what is missing is answered with `unsupported`
 * @param latest `net.status`, `app.state`, `insets`, `theme.set` as they are now
 * @param put hands one string to the page
 */
class InterlineLink(
    private val sid: String,
    private val boot: String,
    private val page: JSONObject,
    private val handlers: Map<String, InterlineHandler>,
    latest: Map<String, JSONObject>,
    private val clock: InterlineClock,
    private val put: (String) -> Unit,
) {
    var onReady: () -> Unit = {}

    /** A page that speaks another protocol: the app, or the page, must be updated. */
    var onIncompatible: () -> Unit = {}

    /** What a toolbar shows, put together from all patches. */
    var onState: (JSONObject) -> Unit = {}

    /** `doc.stats`, `doc.notice`, `sync.status` and `presence.list`. */
    var onNote: (String, JSONObject) -> Unit = { _, _ -> }

    /** The page is gone or replaced: what it had claimed is free. */
    var onRelease: () -> Unit = {}
    var state = JSONObject()
        private set

    private val answers = InterlineAnswers(clock, ::send, ::handler)
    private val calls = InterlineCalls(clock, ::send)
    private val latest = HashMap(latest)
    private val untold = LinkedHashSet<String>()
    private val telling = HashMap<String, Long>()
    private val reassembly = InterlineReassembly()
    private var isOpen = false
    private var isClosed = false
    private var peer: String? = null
    private var lastSeqIn = 0L

    /** A host that is started again counts on above its predecessor. */
    private var lastSeqOut = clock.nowMs * 1_000L
    private var lastChunk = 0
    private var messageBytes = InterlineEnvelope.MESSAGE_BYTES
    private var lastAskedAt = -1_000_000L
    private var stopAsking: () -> Unit = {}

    /** There may be a page already, which has shaken hands with a host before this one. */
    fun start() {
        askForHello()
        askOn(1_000L)
    }

    fun close() {
        isClosed = true
        isOpen = false
        stopAsking()
        calls.pause()
        calls.failAll("closed")
        answers.reset()
        onRelease()
    }

    // What the app says.

    /** Runs an editor command in the page. Commands run in order, one at a time. The answer's `value` is what it returned. */
    fun exec(name: String, args: Any? = null, completion: InterlineCompletion = { _, _ -> }) {
        calls.call("cmd.exec", jsonOf("name" to name, "args" to args), completion = completion)
    }

    /** `net.status`, `app.state`, `insets` or `theme.set`. Only the last value of each counts. */
    fun set(type: String, payload: JSONObject) {
        if (latest[type]?.toString() == payload.toString()) return
        latest[type] = payload
        untold.add(type)
        tell(type)
    }

    /** Somebody else has signed in: the page drops its token and asks for another. */
    fun authChanged() {
        if (isOpen) insistOnAuthChanged(peer)
    }

    /** Lets the page save. `then` gets whether it has, at the deadline at the latest. */
    fun willSuspend(deadlineMs: Long, then: (Boolean) -> Unit) {
        calls.call("app.willSuspend", jsonOf("deadlineMs" to deadlineMs), deadlineMs) { reply, _ ->
            then(reply?.optBoolean("done") ?: false)
        }
    }

    // What comes in.

    fun receive(text: String) {
        if (isClosed) return
        val message = InterlineEnvelope.read(text, sid) ?: return
        val content = message.content
        if (content.type in HANDSHAKE) {
            if (content.type == "hello" && content.kind == "req" && message.seq > lastSeqIn) hello(content, message.seq)
        } else if (peer == null) {
            askForHello()
        } else if (message.seq > lastSeqIn) {
            lastSeqIn = message.seq
            accept(content)
        }
    }

    private fun hello(content: InterlineContent, seq: Long) {
        val answer = jsonOf("kind" to "res", "re" to content.number, "type" to "init")
        val theirs = content.payload?.opt("boot") as? String
        val protocols = content.payload?.opt("protocols") as? JSONArray
        if (theirs == null || !BOOT.matches(theirs) || protocols == null) {
            send(answer.with(jsonOf("err" to jsonOf("code" to "invalid"))))
            return
        }
        if ((0 until protocols.length()).none { countOf(protocols.opt(it)) == 1L }) {
            send(answer.with(jsonOf("err" to jsonOf("code" to "protocol_unsupported"))))
            onIncompatible()
            return
        }
        if (theirs == peer) lastSeqIn = seq else welcome(theirs, seq, content.payload?.optJSONObject("limits"))
        val limits = jsonOf(
            "msgBytes" to InterlineEnvelope.MESSAGE_BYTES,
            "totalBytes" to InterlineEnvelope.TOTAL_BYTES,
            "parts" to InterlineEnvelope.PARTS,
        )
        val init = page.with(jsonOf("protocol" to 1, "boot" to theirs, "host" to boot, "limits" to limits))
        for ((type, field) in INIT_FIELDS) init.put(field, latest[type])
        send(answer.with(jsonOf("payload" to init)))
    }

    /** A page we have not seen: what its predecessor showed, asked and had claimed is gone with it. */
    private fun welcome(theirs: String, seq: Long, limits: JSONObject?) {
        val isFirst = peer == null
        peer = theirs
        lastSeqIn = seq
        isOpen = false
        reassembly.clear()
        answers.reset()
        calls.pause()
        val own = InterlineEnvelope.MESSAGE_BYTES
        val limit = countOf(limits?.opt("msgBytes")) ?: own.toLong()
        messageBytes = limit.coerceIn(64L * 1024L, own.toLong()).toInt()
        if (state.length() > 0) {
            state = JSONObject()
            onState(state)
        }
        if (!isFirst) {
            calls.failAll("restarted")
            onRelease()
        }
        // `init` tells them.
        untold.clear()
        lastAskedAt = clock.nowMs
    }

    private fun ready(request: InterlineRequest) {
        if (request.payload.opt("host") != boot) {
            askForHello()
            throw InterlineFault("restarted")
        }
        if (!isOpen) {
            stopAsking()
            isOpen = true
            calls.resume()
            for (type in untold.toList()) tell(type)
            onReady()
        }
        request.reply()
    }

    private fun accept(content: InterlineContent) {
        val whole = if (content.type == "chunk") gathered(content) ?: return else content
        when (whole.kind) {
            "res" -> calls.answer(whole)
            "req" -> answers.take(whole)
            else -> note(whole)
        }
        // It talks as if it knew us.
        if (!isOpen && !isClosed) askForHello()
    }

    private fun gathered(content: InterlineContent): InterlineContent? {
        if (content.kind != "evt") return null
        val text = reassembly.take(content.payload ?: JSONObject(), clock.nowMs) ?: return null
        val whole = parseObject(text)?.let { InterlineContent.of(it) } ?: return null
        return if (whole.type == "chunk" || whole.type in HANDSHAKE) null else whole
    }

    private fun note(content: InterlineContent) {
        val payload = content.payload ?: return
        if (content.type == "cancel") {
            countOf(payload.opt("id"))?.let { answers.cancel(it) }
        } else if (content.type in NOTES) {
            try {
                handler(content.type)?.invoke(InterlineRequest(content.type, payload))
            } catch (_: InterlineFault) {
                // Nobody waits for an answer.
            }
        }
    }

    private fun handler(type: String): InterlineHandler? = when (type) {
        "ready" -> ::ready
        "state.patch" -> ::patch
        "doc.stats", "doc.notice", "sync.status", "presence.list" -> ::passOn
        else -> handlers[type]
    }

    private fun patch(request: InterlineRequest) {
        state = state.with(request.payload)
        onState(state)
        request.reply()
    }

    private fun passOn(request: InterlineRequest) {
        onNote(request.type, request.payload)
        request.reply()
    }

    // What goes out.

    /** False: it is longer than the bridge carries, and nothing has been sent. */
    private fun send(content: JSONObject): Boolean {
        if (isClosed) return true
        val whole = InterlineEnvelope.write(sid, lastSeqOut + 1, content)
        if (utf8Length(whole) <= messageBytes) {
            lastSeqOut += 1
            put(whole)
            return true
        }
        val pieces = InterlineEnvelope.cut(content.toString(), messageBytes) ?: return false
        lastChunk += 1
        pieces.forEachIndexed { part, data ->
            lastSeqOut += 1
            val payload = jsonOf("id" to lastChunk, "part" to part, "of" to pieces.size, "data" to data)
            put(InterlineEnvelope.write(sid, lastSeqOut, jsonOf("kind" to "evt", "type" to "chunk", "payload" to payload)))
        }
        return true
    }

    private fun tell(type: String) {
        val value = latest[type] ?: return
        if (!isOpen) return
        telling[type]?.let { calls.giveUp(it, "aborted") }
        telling[type] = calls.call(type, value) { _, fault ->
            if (fault == null) {
                untold.remove(type)
            } else if (fault.mayBeRetried) {
                clock.after(1_000L) { if (type in untold) tell(type) }
            }
        }
    }

    private fun insistOnAuthChanged(to: String?) {
        calls.call("auth.changed", JSONObject()) { _, fault ->
            if (fault?.mayBeRetried == true) {
                clock.after(1_000L) { if (!isClosed && peer == to) insistOnAuthChanged(to) }
            }
        }
    }

    private fun askForHello() {
        if (clock.nowMs - lastAskedAt < 1_000L) return
        lastAskedAt = clock.nowMs
        send(jsonOf("kind" to "evt", "type" to "restart", "payload" to jsonOf("host" to boot)))
    }

    private fun askOn(waitMs: Long) {
        stopAsking()
        stopAsking = clock.after(waitMs) {
            askForHello()
            askOn(minOf(waitMs * 2, 30_000L))
        }
    }

    private companion object {
        val HANDSHAKE = setOf("hello", "init", "restart")

        /** What may come as an event, too. */
        val NOTES = setOf(
            "ready", "state.patch", "doc.stats", "doc.notice", "sync.status", "presence.list", "haptic", "a11y.announce", "log",
        )
        val INIT_FIELDS = mapOf(
            "net.status" to "net", "app.state" to "app", "insets" to "insets", "theme.set" to "theme",
        )
        val BOOT = Regex("[0-9a-f]{16,32}")
    }
}
