// A native toolbar drawn from the page's state. The app puts it below the editor, so that it sits on the keyboard.

import type { EditorState, Host } from "interline/webview";
import { Pressable, ScrollView, Text } from "react-native";

interface Command {
  readonly name: string;
  readonly label: string;
  readonly args?: Readonly<Record<string, string>>;
}

const commands: readonly Command[] = [
  { name: "undo", label: "Undo" },
  { name: "redo", label: "Redo" },
  { name: "toggleMark", label: "Bold", args: { mark: "strong" } },
  { name: "toggleMark", label: "Italic", args: { mark: "em" } },
  { name: "toggleList", label: "List", args: { list: "bullet" } },
  { name: "toggleBlock", label: "Heading", args: { block: "h1" } },
];

function isOn({ args }: Command, state: EditorState): boolean {
  if (args?.mark !== undefined) return state.marks?.includes(args.mark) ?? false;
  if (args?.list !== undefined) return state.list === args.list;
  return args?.block !== undefined && state.block === args.block;
}

function isEnabled({ name }: Command, state: EditorState): boolean {
  if (name === "undo") return state.canUndo ?? false;
  return (name === "redo" ? state.canRedo : state.editable) ?? false;
}

export interface InterlineToolbarProps {
  readonly host: Host | undefined;
  /** What the editor's `onState` said last. */
  readonly state: EditorState;
}

export function InterlineToolbar({ host, state }: InterlineToolbarProps) {
  return (
    <ScrollView horizontal keyboardShouldPersistTaps="always" accessibilityRole="toolbar">
      {commands.map((command) => (
        <Pressable
          key={command.label}
          accessibilityRole="button"
          accessibilityLabel={command.label}
          accessibilityState={{ selected: isOn(command, state), disabled: !isEnabled(command, state) }}
          disabled={!isEnabled(command, state)}
          // What cannot be done now the page says by its next state.
          onPress={() => void host?.exec(command.name, command.args).catch(() => {})}
          style={{ minWidth: 44, minHeight: 44, justifyContent: "center", padding: 8 }}
        >
          <Text style={{ fontWeight: isOn(command, state) ? "700" : "400" }}>{command.label}</Text>
        </Pressable>
      ))}
    </ScrollView>
  );
}
