// A toolbar drawn from the page's state. The app puts it below the editor, so that it sits on the keyboard.

import 'package:flutter/material.dart';

import 'interline_envelope.dart';
import 'interline_link.dart';

class _Command {
  const _Command(this.name, this.label, this.icon, [this.args]);
  final String name;
  final String label;
  final IconData icon;
  final Map<String, String>? args;
}

class InterlineToolbar extends StatelessWidget {
  const InterlineToolbar({super.key, required this.link, required this.state});

  final InterlineLink link;

  /// What the link's `onState` said last.
  final JsonObject state;

  static const _commands = [
    _Command('undo', 'Undo', Icons.undo),
    _Command('redo', 'Redo', Icons.redo),
    _Command('toggleMark', 'Bold', Icons.format_bold, {'mark': 'strong'}),
    _Command('toggleMark', 'Italic', Icons.format_italic, {'mark': 'em'}),
    _Command('toggleList', 'List', Icons.format_list_bulleted, {'list': 'bullet'}),
    _Command('toggleBlock', 'Heading', Icons.title, {'block': 'h1'}),
  ];

  @override
  Widget build(BuildContext context) {
    return Row(
      children: [
        for (final command in _commands)
          IconButton(
            icon: Icon(command.icon),
            tooltip: command.label,
            isSelected: _isOn(command),
            onPressed: _isEnabled(command) ? () => _run(command) : null,
          ),
      ],
    );
  }

  /// What cannot be done now the page says by its next state.
  void _run(_Command command) {
    link.exec(command.name, command.args).ignore();
  }

  bool _isEnabled(_Command command) {
    switch (command.name) {
      case 'undo':
        return state['canUndo'] == true;
      case 'redo':
        return state['canRedo'] == true;
      default:
        return state['editable'] == true;
    }
  }

  bool _isOn(_Command command) {
    final args = command.args;
    if (args == null) return false;
    final marks = state['marks'];
    if (args.containsKey('mark')) return marks is List && marks.contains(args['mark']);
    return args.entries.every((field) => state[field.key] == field.value);
  }
}
