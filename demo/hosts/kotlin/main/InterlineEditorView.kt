// The editor page in a WebView, with the link to it. Needs androidx.webkit 1.6 or later and Android 8 or later.
//
// What always holds: only the main frame of the editor's own origin is heard, which the platform checks before the page
// is loaded; each load has a fresh nonce; the view never leaves the page. When the page's process is gone the view makes
// itself a new one, and the storage gives back what was typed.

package org.interline.host

import android.annotation.SuppressLint
import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import android.net.Uri
import android.os.Handler
import android.os.Looper
import android.webkit.RenderProcessGoneDetail
import android.webkit.WebResourceRequest
import android.webkit.WebView
import android.webkit.WebViewClient
import android.widget.FrameLayout
import androidx.lifecycle.DefaultLifecycleObserver
import androidx.lifecycle.LifecycleOwner
import androidx.webkit.JavaScriptReplyProxy
import androidx.webkit.WebViewCompat
import androidx.webkit.WebViewFeature
import org.json.JSONObject
import java.security.SecureRandom

/**
 * @param address `https://notes.example/webview/minutes`
 * @param page `doc`, `user` (`id`, `name`), `locale`, `dir`
 * @param onLink gets the link of every load of the page: set its `onState` and `onNote` there
 */
class InterlineEditorView(
    context: Context,
    private val owner: LifecycleOwner,
    private val address: Uri,
    private val page: JSONObject,
    private val services: InterlineServices,
    private val onLink: (InterlineLink) -> Unit,
) : FrameLayout(context), DefaultLifecycleObserver {
    var link: InterlineLink? = null
        private set
    private var webView: WebView? = null
    private var proxy: JavaScriptReplyProxy? = null
    private val latest = hashMapOf("app.state" to jsonOf("state" to "active"))
    private val main = Handler(Looper.getMainLooper())
    private val connectivity = context.getSystemService(ConnectivityManager::class.java)
    private val network = object : ConnectivityManager.NetworkCallback() {
        override fun onCapabilitiesChanged(network: Network, able: NetworkCapabilities) {
            val metered = !able.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
            main.post { set("net.status", jsonOf("online" to true, "metered" to metered)) }
        }

        override fun onLost(network: Network) {
            main.post { set("net.status", jsonOf("online" to false)) }
        }
    }

    init {
        connectivity.registerDefaultNetworkCallback(network)
        owner.lifecycle.addObserver(this)
        load()
    }

    /** Tells the page, and every page after it. `type`: `insets`, `theme.set`. */
    fun set(type: String, payload: JSONObject) {
        latest[type] = payload
        link?.set(type, payload)
    }

    /** Call it when the view is taken off the screen for good. */
    fun close() {
        owner.lifecycle.removeObserver(this)
        connectivity.unregisterNetworkCallback(network)
        discard()
    }

    override fun onResume(owner: LifecycleOwner) = set("app.state", jsonOf("state" to "active"))

    override fun onPause(owner: LifecycleOwner) = set("app.state", jsonOf("state" to "inactive"))

    /** Android gives a stopped app a few seconds before it may freeze it. */
    override fun onStop(owner: LifecycleOwner) {
        set("app.state", jsonOf("state" to "background"))
        link?.willSuspend(3_000L) {}
    }

    @SuppressLint("SetJavaScriptEnabled", "RequiresFeature")
    private fun load() {
        discard()
        check(WebViewFeature.isFeatureSupported(WebViewFeature.WEB_MESSAGE_LISTENER)) { "WebView is too old" }
        val sid = randomHex(16)
        val view = WebView(context)
        webView = view
        view.settings.javaScriptEnabled = true
        view.settings.domStorageEnabled = true
        view.settings.allowFileAccess = false
        view.settings.allowContentAccess = false
        view.webViewClient = Client()
        addView(view, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.MATCH_PARENT))

        val init = page.with(jsonOf("caps" to services.caps, "storage" to storageKind()))
        val fresh = InterlineLink(sid, randomHex(8), init, services.handlers(), latest, MainClock(main)) { text ->
            proxy?.postMessage(text)
        }
        fresh.onRelease = { services.storage?.release() }
        link = fresh
        onLink(fresh)
        // Before loadUrl, or the page would not have the object. The rule is an origin, never "*".
        val origin = "${address.scheme}://${address.encodedAuthority}"
        WebViewCompat.addWebMessageListener(view, "interlineHost", setOf(origin)) { _, message, _, isMainFrame, reply ->
            val text = message.data
            if (isMainFrame && text != null && link === fresh) {
                proxy = reply
                fresh.receive(text)
            }
        }
        fresh.start()
        // The fragment stays on the device.
        view.loadUrl(address.buildUpon().encodedFragment("interline=$sid").build().toString())
    }

    private fun storageKind(): String = if (services.storage == null) "web" else "native"

    private fun discard() {
        link?.close()
        link = null
        proxy = null
        webView?.let { view ->
            removeView(view)
            view.destroy()
        }
        webView = null
    }

    private inner class Client : WebViewClient() {
        override fun shouldOverrideUrlLoading(view: WebView, request: WebResourceRequest): Boolean {
            val url = request.url
            val stays = url.scheme == address.scheme && url.authority == address.authority && url.path == address.path
            return request.isForMainFrame && !stays
        }

        /** The page crashed, or the system wanted its memory: without an answer the app would be ended, too. */
        override fun onRenderProcessGone(view: WebView, detail: RenderProcessGoneDetail): Boolean {
            if (view === webView) load() else view.destroy()
            return true
        }
    }

    private companion object {
        fun randomHex(count: Int): String {
            val bytes = ByteArray(count)
            SecureRandom().nextBytes(bytes)
            return bytes.joinToString("") { "%02x".format(it) }
        }
    }
}

internal class MainClock(private val main: Handler) : InterlineClock {
    override val nowMs: Long
        get() = System.currentTimeMillis()

    override fun after(ms: Long, task: () -> Unit): () -> Unit {
        val run = Runnable { task() }
        main.postDelayed(run, ms)
        return { main.removeCallbacks(run) }
    }
}
