"""A thin pipe between a test in Node and WebKitGTK: what an iOS app's shell is around its WKWebView.

    Node ──{"id": 7, "do": "load", "view": "a", …}──▶ stdin    stdout ──{"re": 7, "value": …} or {"re": 7, "error": "…"}──▶ Node
                                                               stdout ──{"event": "message", "view": "a", …}──▶ Node

One JSON object a line, each way. Every request is answered once, in whatever order. What pages write to their consoles
comes on stderr, as WebKit writes it. Nothing is decided in here: which page, which nonce, what is stored and what is
answered to the page are Node's affair. Ends when stdin does, so that it never outlives the test.

Keys, clicks and pre-edit text come in where the window system's would: as GDK events at the widget and as signals of an
input method. Run by `/usr/bin/python3` under `xvfb-run`; needs gir1.2-webkit2-4.1 and python3-gi.
"""

import json
import os
import sys
import threading

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, GLib, Gtk, WebKit2  # noqa: E402

# WebKit's own processes inherit stdout: what they write there must not get between our lines.
PIPE = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
os.dup2(2, 1)

# The world of scripts that only this host sees: how many keys have come up in the page since it was loaded.
OURS = "host"
COUNT_KEYS = "globalThis.keysUp = 0; addEventListener('keyup', () => { keysUp += 1; }, true);"


def say(**message):
    PIPE.write(json.dumps(message) + "\n")


class InputMethod(WebKit2.InputMethodContext):
    """An input method that is told what to compose. Keys pass by it."""

    __gtype_name__ = "TestInputMethod"

    def __init__(self):
        super().__init__()
        self.preedit = ""
        self.cursor = 0

    def do_get_preedit(self):
        return self.preedit, [], self.cursor

    def do_filter_key_event(self, _event):
        return False

    def compose(self, text, cursor):
        if not self.preedit:
            self.emit("preedit-started")
        self.preedit, self.cursor = text, cursor
        self.emit("preedit-changed")

    def commit(self, text, clear):
        """Writes `text`. Some methods take the pre-edit text away before they do (`clear`), some after it."""
        composing = bool(self.preedit)
        if composing and clear:
            self.cancel()
        self.emit("committed", text)
        if composing and not clear:
            self.cancel()

    def cancel(self):
        self.preedit, self.cursor = "", 0
        self.emit("preedit-changed")
        self.emit("preedit-finished")


class View:
    """One web view in a window of its own, over a folder of its own; `recreate` with the same folder keeps its storage."""

    def __init__(self, name, folder, width, height, agent):
        self.name = name
        manager = WebKit2.WebsiteDataManager(
            base_data_directory=os.path.join(folder, "data"), base_cache_directory=os.path.join(folder, "cache")
        )
        context = WebKit2.WebContext.new_with_website_data_manager(manager)
        self.scripts = WebKit2.UserContentManager()
        self.scripts.connect("script-message-received::interline", self.on_message)
        self.scripts.register_script_message_handler("interline")
        settings = WebKit2.Settings()
        settings.set_enable_write_console_messages_to_stdout(True)
        settings.set_hardware_acceleration_policy(WebKit2.HardwareAccelerationPolicy.NEVER)
        if agent:
            settings.set_user_agent(agent)
        self.web = WebKit2.WebView(web_context=context, user_content_manager=self.scripts, settings=settings)
        self.input = InputMethod()
        self.web.set_input_method_context(self.input)
        self.web.connect("load-changed", self.on_load)
        self.web.connect("load-failed", self.on_failure)
        self.web.connect("web-process-terminated", self.on_end)
        self.window = Gtk.Window(default_width=width, default_height=height)
        self.window.add(self.web)
        self.window.show_all()
        self.focus()

    def focus(self):
        """No window manager gives the focus to anybody: every window believes that it has it."""
        self.web.grab_focus()
        event = Gdk.Event.new(Gdk.EventType.FOCUS_CHANGE)
        event.window = self.window.get_window()
        event.send_event = True
        event.in_ = 1
        self.window.event(event)

    def on_message(self, _manager, result):
        say(event="message", view=self.name, text=result.get_js_value().to_string())

    def on_load(self, _web, change):
        if change == WebKit2.LoadEvent.FINISHED:
            say(event="loaded", view=self.name, uri=self.web.get_uri())

    def on_failure(self, _web, _change, uri, error):
        say(event="load-failed", view=self.name, uri=uri, why=error.message)
        return True

    def on_end(self, _web, reason):
        say(event="ended", view=self.name, why=reason.value_nick)

    def load(self, url, sid=None):
        self.scripts.remove_all_scripts()
        self.at_start(COUNT_KEYS, OURS)
        if sid:
            self.at_start(f"window.interlineSid = {json.dumps(sid)};", None)
        self.web.load_uri(url)

    def at_start(self, source, world):
        frames, time = WebKit2.UserContentInjectedFrames.TOP_FRAME, WebKit2.UserScriptInjectionTime.START
        if world:
            script = WebKit2.UserScript.new_for_world(source, frames, time, world, None, None)
        else:
            script = WebKit2.UserScript.new(source, frames, time, None, None)
        self.scripts.add_script(script)

    def call(self, id, body, given, world=None):
        """Runs `body` in the page with `given` as an argument, which no quote or bracket in it can escape from."""

        def done(web, task):
            try:
                value = web.call_async_javascript_function_finish(task)
                say(re=id, value=None if value.is_undefined() or value.is_null() else value.to_string())
            except GLib.Error as error:
                say(re=id, error=error.message)

        arguments = GLib.Variant("a{sv}", {"given": GLib.Variant("s", given)})
        self.web.call_async_javascript_function(body, -1, arguments, world, None, None, done)

    def key(self, name, state):
        keyval = Gdk.unicode_to_keyval(ord(name)) if len(name) == 1 else Gdk.keyval_from_name(name)
        keymap = Gdk.Keymap.get_for_display(Gdk.Display.get_default())
        found, keys = keymap.get_entries_for_keyval(keyval)
        for kind in (Gdk.EventType.KEY_PRESS, Gdk.EventType.KEY_RELEASE):
            event = Gdk.Event.new(kind)
            event.window = self.web.get_window()
            event.send_event = True
            event.time = Gdk.CURRENT_TIME
            event.state = Gdk.ModifierType(state)
            event.keyval = keyval
            if found and keys:
                event.hardware_keycode, event.group = keys[0].keycode, keys[0].group
            event.set_device(Gdk.Display.get_default().get_default_seat().get_keyboard())
            self.web.event(event)

    def click(self, x, y, count, state):
        for _ in range(count):
            for kind in (Gdk.EventType.BUTTON_PRESS, Gdk.EventType.BUTTON_RELEASE):
                event = Gdk.Event.new(kind)
                event.window = self.web.get_window()
                event.send_event = True
                event.time = GLib.get_monotonic_time() // 1000
                event.x, event.y, event.x_root, event.y_root = x, y, x, y
                event.button = 1
                event.state = Gdk.ModifierType(state)
                event.set_device(Gdk.Display.get_default().get_default_seat().get_pointer())
                self.web.event(event)

    def picture(self, path):
        width, height = self.web.get_allocated_width(), self.web.get_allocated_height()
        Gdk.pixbuf_get_from_window(self.web.get_window(), 0, 0, width, height).savev(path, "png", [], [])

    def close(self):
        self.web.try_close()
        self.window.destroy()


views = {}


def create(id, view, folder, width=900, height=700, agent=None):
    views[view] = View(view, folder, width, height, agent)
    say(re=id)


def evaluate(id, view, body, given):
    views[view].call(id, body, given)


def keys_up(id, view):
    views[view].call(id, "return String(globalThis.keysUp)", "", OURS)


def receive(id, view, text):
    views[view].call(id, "interlineReceive(given)", text)


def clipboard(id, text):
    Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).set_text(text, -1)
    say(re=id)


def destroy(id, view):
    views.pop(view).close()
    say(re=id)


def simply(method):
    """A request that is done when it has been made."""

    def run(id, view, **arguments):
        say(re=id, value=method(views[view], **arguments))

    return run


requests = {
    "create": create,
    "evaluate": evaluate,
    "keys-up": keys_up,
    "receive": receive,
    "clipboard": clipboard,
    "destroy": destroy,
    "load": simply(View.load),
    "focus": simply(View.focus),
    "key": simply(View.key),
    "click": simply(View.click),
    "compose": simply(lambda view, text, cursor: view.input.compose(text, cursor)),
    "commit": simply(lambda view, text, clear: view.input.commit(text, clear)),
    "cancel": simply(lambda view: view.input.cancel()),
    "edit": simply(lambda view, command: view.web.execute_editing_command(command)),
    "resize": simply(lambda view, width, height: view.window.resize(width, height)),
    "picture": simply(View.picture),
    "kill": simply(lambda view: view.web.terminate_web_process()),
}


def answer(line):
    message = json.loads(line)
    try:
        requests[message.pop("do")](**message)
    except Exception as error:  # a request that cannot be made is the asker's affair
        say(re=message.get("id"), error=f"{type(error).__name__}: {error}")


def read():
    for line in sys.stdin:
        GLib.idle_add(answer, line)
    GLib.idle_add(Gtk.main_quit)


version = (WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
say(event="started", version=".".join(map(str, version)))
threading.Thread(target=read, daemon=True).start()
Gtk.main()
