// What the page may ask of the app. The app sets what it has; what it leaves null is answered with `unsupported`.

package org.interline.host

import org.json.JSONArray
import org.json.JSONObject

/** Called once, on the main thread. */
typealias InterlineDone<T> = (Result<T>) -> Unit

/** A token for the server, and for how long it is good. */
class InterlineToken(val token: String?, val expiresInMs: Long? = null)

class InterlineServices(
    /** The reason is `first`, `expiring`, `expired`, `rejected` or `changed`; with the last two the last token is no good. */
    val token: ((reason: String, done: InterlineDone<InterlineToken>) -> Unit)? = null,
    val storage: InterlineStorage? = null,
    /** Lets the person choose, uploads, and says where it is: `{ src, name?, mime?, width?, height?, bytes? }` each. */
    val pickMedia: ((request: InterlineRequest, done: InterlineDone<JSONArray>) -> Unit)? = null,
    /** http, https, mailto and tel only. */
    val openLink: ((href: String) -> Boolean)? = null,
    val share: ((request: InterlineRequest, done: InterlineDone<Boolean>) -> Unit)? = null,
    val haptic: ((style: String) -> Unit)? = null,
    val announce: ((text: String, assertive: Boolean) -> Unit)? = null,
    val log: ((level: String, message: String) -> Unit)? = null,
) {
    /** For the page's `init`. */
    internal val caps: JSONArray
        get() {
            val offered = mapOf(
                "token" to token, "storage" to storage, "pickMedia" to pickMedia, "openLink" to openLink,
                "share" to share, "haptic" to haptic, "announce" to announce, "log" to log,
            )
            return JSONArray(offered.filterValues { it != null }.keys.toList())
        }

    internal fun handlers(): Map<String, InterlineHandler> {
        val handlers = HashMap<String, InterlineHandler>()
        token?.let { token ->
            handlers["auth.token"] = { request ->
                val reason = request.text("reason")
                if (reason !in REASONS) throw InterlineFault("invalid")
                token(reason) { result ->
                    request.settle(result) { given ->
                        jsonOf("token" to (given.token ?: JSONObject.NULL), "expiresInMs" to given.expiresInMs)
                    }
                }
            }
        }
        storage?.let { storage -> addStorage(handlers, storage) }
        pickMedia?.let { pick ->
            handlers["media.pick"] = { request ->
                pick(request) { result -> request.settle(result) { jsonOf("items" to it) } }
            }
        }
        openLink?.let { opener ->
            handlers["link.open"] = { request ->
                val href = request.text("href", 2_048)
                if (!LINK.matches(href)) throw InterlineFault("invalid")
                request.reply(jsonOf("opened" to opener(href)))
            }
        }
        share?.let { share ->
            handlers["share"] = { request ->
                share(request) { result -> request.settle(result) { jsonOf("shared" to it) } }
            }
        }
        haptic?.let { haptic ->
            handlers["haptic"] = { request ->
                haptic(request.text("style"))
                request.reply()
            }
        }
        announce?.let { announce ->
            handlers["a11y.announce"] = { request ->
                announce(request.text("text", 2_000), request.payload.opt("politeness") == "assertive")
                request.reply()
            }
        }
        log?.let { log ->
            handlers["log"] = { request ->
                log(request.text("level"), request.text("message", 10_000))
                request.reply()
            }
        }
        return handlers
    }

    private fun addStorage(handlers: HashMap<String, InterlineHandler>, storage: InterlineStorage) {
        handlers["storage.load"] = { request ->
            storage.load(request.text("doc")) { result ->
                request.settle(result) { jsonOf("entries" to (it ?: JSONObject.NULL)) }
            }
        }
        handlers["storage.commit"] = { request ->
            val doc = request.text("doc")
            val put = request.payload.opt("put") ?: JSONObject()
            val remove = request.payload.opt("remove") ?: JSONArray()
            if (put !is JSONObject || remove !is JSONArray) throw InterlineFault("invalid")
            val keys = (0 until remove.length()).map { remove.opt(it) as? String ?: throw InterlineFault("invalid") }
            storage.commit(doc, put, keys) { result -> request.settle(result) { JSONObject() } }
        }
        handlers["storage.list"] = { request ->
            storage.list { result -> request.settle(result) { jsonOf("docs" to JSONArray(it)) } }
        }
        handlers["storage.delete"] = { request ->
            storage.delete(request.text("doc")) { result -> request.settle(result) { JSONObject() } }
        }
        handlers["storage.claim"] = { request ->
            request.reply(jsonOf("granted" to storage.claim(request.text("client"))))
        }
        handlers["storage.estimate"] = { request ->
            storage.usedBytes { result -> request.settle(result) { jsonOf("usedBytes" to it) } }
        }
    }

    private companion object {
        val REASONS = setOf("first", "expiring", "expired", "rejected", "changed")
        val LINK = Regex("(?:https?://|mailto:|tel:)[^\\s\\p{Cc}<>\"]+", RegexOption.IGNORE_CASE)
    }
}

internal fun <T> InterlineRequest.settle(result: Result<T>, read: (T) -> JSONObject) {
    result.fold({ reply(read(it)) }, { fail(it) })
}

/** Where the page keeps what the server does not have. `done` is called on the main thread. */
interface InterlineStorage {
    /** Every entry of a document; null: it has none. */
    fun load(doc: String, done: InterlineDone<JSONObject?>)

    /** All of it or none of it, durable when `done` is called. Doing it twice is the same as once. */
    fun commit(doc: String, put: JSONObject, remove: List<String>, done: InterlineDone<Unit>)

    fun list(done: InterlineDone<List<String>>)

    fun delete(doc: String, done: InterlineDone<Unit>)

    /** Takes the client id for the page; false: it is taken. */
    fun claim(client: String): Boolean

    /** The page is gone: its claims are free again. */
    fun release()

    fun usedBytes(done: InterlineDone<Long>)
}
