// A native toolbar drawn from the page's state. The app ends the editor's view at its upper edge, above the keyboard.

package org.interline.host

import android.content.Context
import android.widget.LinearLayout
import android.widget.ToggleButton
import org.json.JSONObject

class InterlineToolbar(context: Context) : LinearLayout(context) {
    private class Command(val name: String, val label: String, val field: String?, val value: String?) {
        val args: JSONObject? = if (field == null) null else jsonOf(field to value)
    }

    private val commands = listOf(
        Command("undo", "Undo", null, null),
        Command("redo", "Redo", null, null),
        Command("toggleMark", "Bold", "mark", "strong"),
        Command("toggleMark", "Italic", "mark", "em"),
        Command("toggleList", "List", "list", "bullet"),
        Command("toggleBlock", "Heading", "block", "h1"),
    )
    private var link: InterlineLink? = null
    private val buttons = commands.map { command ->
        ToggleButton(context).apply {
            textOn = command.label
            textOff = command.label
            text = command.label
            // The editor keeps the focus, and with it the keyboard.
            isFocusable = false
            setOnClickListener {
                isChecked = isOn(command)
                link?.exec(command.name, command.args)
            }
        }
    }

    init {
        buttons.forEach(::addView)
    }

    /** Shows the state of `link`'s page and sends it commands. */
    fun attach(link: InterlineLink) {
        this.link = link
        link.onState = { show() }
        show()
    }

    private fun show() {
        commands.forEachIndexed { index, command ->
            buttons[index].isEnabled = isEnabled(command)
            buttons[index].isChecked = isOn(command)
        }
    }

    private fun isEnabled(command: Command): Boolean {
        val state = link?.state ?: return false
        return when (command.name) {
            "undo" -> state.optBoolean("canUndo")
            "redo" -> state.optBoolean("canRedo")
            else -> state.optBoolean("editable")
        }
    }

    private fun isOn(command: Command): Boolean {
        val state = link?.state ?: return false
        if (command.field == "mark") {
            val marks = state.optJSONArray("marks") ?: return false
            return (0 until marks.length()).any { marks.opt(it) == command.value }
        }
        return command.field != null && state.opt(command.field) == command.value
    }
}
