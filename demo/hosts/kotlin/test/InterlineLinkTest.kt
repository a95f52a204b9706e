// Replays exchanges.json (copy it to src/test/resources): the link answers what the reference host answers. A local
// JUnit 4 test; needs `testImplementation("org.json:json:20240303")`, since Android's own stub answers nothing.

package org.interline.host

import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

class InterlineLinkTest {
    private val golden = JSONObject(javaClass.getResource("/exchanges.json")!!.readText())

    @Test
    fun answersWhatTheReferenceAnswers() {
        for (exchange in objects(golden.getJSONArray("exchanges"))) play(exchange)
    }

    private fun play(exchange: JSONObject) {
        val opening = if (exchange.has("opened")) objects(golden.getJSONArray("opening")) else emptyList()
        val clock = TestClock(golden.getLong("startMs"))
        val sid = golden.getString("sid")
        val storage = MemoryStorage()
        val services = services(storage)
        val page = golden.getJSONObject("page").with(jsonOf("caps" to services.caps, "storage" to "native"))
        val latest = mapOf("net.status" to golden.getJSONObject("net"))
        val sent = ArrayList<JSONObject>()
        val link = InterlineLink(sid, golden.getString("boot"), page, services.handlers(), latest, clock) { text ->
            sent.add(JSONObject(text))
        }
        link.onRelease = { storage.release() }
        link.start()
        var seqIn = golden.getLong("firstSeq") - 1
        var seqOut = golden.getLong("startMs") * 1_000
        var outcome: JSONObject? = null
        (opening + objects(exchange.getJSONArray("steps"))).forEachIndexed { index, step ->
            val place = "${exchange.getString("title")}, step ${index + 1}"
            if (step.has("raw")) link.receive(step.getString("raw"))
            val message = step.optJSONObject("in")
            if (message != null) {
                for (time in 0 until step.optInt("times", 1)) {
                    if (!message.has("seq")) seqIn += 1
                    val whole = jsonOf("p" to "interline", "v" to 1, "sid" to sid, "seq" to seqIn).with(message)
                    if (time > 0) whole.put("id", message.getLong("id") + time)
                    link.receive(whole.toString())
                }
            }
            if (step.has("passMs")) clock.pass(step.getLong("passMs"))
            step.optJSONObject("exec")?.let { command ->
                val args = command.opt("args")?.let(::expand)
                link.exec(command.getString("name"), args) { reply, fault ->
                    outcome = if (fault == null) {
                        jsonOf("value" to (reply?.opt("value") ?: JSONObject.NULL))
                    } else {
                        jsonOf("code" to fault.code)
                    }
                }
            }
            step.optJSONObject("net")?.let { link.set("net.status", it) }
            if (step.has("authChanged")) link.authChanged()
            if (step.has("suspend")) link.willSuspend(step.getLong("suspend")) { outcome = jsonOf("value" to it) }

            var out = ArrayList<Any>()
            var pieces = ""
            for (one in sent) {
                seqOut += 1
                assertEquals(place, seqOut, one.getLong("seq"))
                if (one.getString("type") != "chunk") {
                    out.add(plain(one))
                    continue
                }
                val chunk = one.getJSONObject("payload")
                pieces += chunk.getString("data")
                if (chunk.getInt("part") + 1 == chunk.getInt("of")) {
                    out.add(plain(JSONObject(pieces).put("chunked", true)))
                    pieces = ""
                }
            }
            sent.clear()
            if (step.has("only")) out = ArrayList(out.take(step.getInt("only")))
            val expected = JSONArray((step.optJSONArray("out")?.let(::objects) ?: emptyList()).map(::expand))
            assertTrue("$place: $out", expected.similar(JSONArray(out)))
            step.optJSONObject("outcome")?.let { assertTrue("$place: $outcome", it.similar(outcome)) }
            step.optJSONObject("state")?.let { assertTrue("$place: ${link.state}", it.similar(link.state)) }
        }
        link.close()
    }

    private fun services(storage: InterlineStorage) = InterlineServices(
        token = { reason, done -> done(Result.success(InterlineToken("token for $reason", 600_000L))) },
        storage = storage,
        openLink = { true },
        share = { request, done -> request.onCancel = { done(Result.failure(InterlineFault("cancelled"))) } },
        haptic = {},
        announce = { _, _ -> },
        log = { _, _ -> },
    )

    private fun objects(list: JSONArray): List<JSONObject> = (0 until list.length()).map { list.getJSONObject(it) }

    /** `{"${'$'}repeat": text, "count": n}` stands for `text` n times. */
    private fun expand(value: Any): Any {
        if (value is JSONArray) return JSONArray((0 until value.length()).map { expand(value.get(it)) })
        if (value !is JSONObject) return value
        if (value.has("\$repeat")) return value.getString("\$repeat").repeat(value.getInt("count"))
        val copy = JSONObject()
        for (key in value.keys()) copy.put(key, expand(value.get(key)))
        return copy
    }

    /** Without its place in the stream and words for people; capabilities in order. */
    private fun plain(message: JSONObject): JSONObject {
        for (field in listOf("p", "v", "sid", "seq")) message.remove(field)
        val payload = message.optJSONObject("payload")
        payload?.optJSONArray("caps")?.let { caps -> payload.put("caps", JSONArray(caps.map { "$it" }.sorted())) }
        return message
    }
}

private class TestClock(override var nowMs: Long) : InterlineClock {
    private class Timer(val at: Long, val task: () -> Unit)

    private val timers = ArrayList<Timer>()

    override fun after(ms: Long, task: () -> Unit): () -> Unit {
        val timer = Timer(nowMs + ms, task)
        timers.add(timer)
        return { timers.remove(timer) }
    }

    fun pass(ms: Long) {
        val end = nowMs + ms
        while (true) {
            val next = timers.filter { it.at <= end }.minByOrNull { it.at } ?: break
            timers.remove(next)
            nowMs = maxOf(nowMs, next.at)
            next.task()
        }
        nowMs = end
    }
}

private class MemoryStorage : InterlineStorage {
    private val docs = LinkedHashMap<String, JSONObject>()
    private val claimed = HashSet<String>()

    override fun load(doc: String, done: InterlineDone<JSONObject?>) = done(Result.success(docs[doc]))

    override fun commit(doc: String, put: JSONObject, remove: List<String>, done: InterlineDone<Unit>) {
        val entries = (docs[doc] ?: JSONObject()).with(put)
        for (key in remove) entries.remove(key)
        docs[doc] = entries
        done(Result.success(Unit))
    }

    override fun list(done: InterlineDone<List<String>>) = done(Result.success(docs.keys.toList()))

    override fun delete(doc: String, done: InterlineDone<Unit>) {
        docs.remove(doc)
        done(Result.success(Unit))
    }

    override fun claim(client: String) = claimed.add(client)

    override fun release() = claimed.clear()

    override fun usedBytes(done: InterlineDone<Long>) = done(Result.success(0L))
}
