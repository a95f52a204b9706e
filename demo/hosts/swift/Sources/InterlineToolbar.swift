// A native toolbar drawn from the page's state. The app ends the editor's view at its upper edge, above the keyboard.

import UIKit

public final class InterlineToolbar: UIToolbar {
  private struct Command {
    let name: String
    let args: InterlineObject?
    let symbol: String
    let label: String
  }

  private static let commands = [
    Command(name: "undo", args: nil, symbol: "arrow.uturn.backward", label: "Undo"),
    Command(name: "redo", args: nil, symbol: "arrow.uturn.forward", label: "Redo"),
    Command(name: "toggleMark", args: ["mark": "strong"], symbol: "bold", label: "Bold"),
    Command(name: "toggleMark", args: ["mark": "em"], symbol: "italic", label: "Italic"),
    Command(name: "toggleList", args: ["list": "bullet"], symbol: "list.bullet", label: "List"),
    Command(name: "toggleBlock", args: ["block": "h1"], symbol: "textformat.size", label: "Heading"),
  ]

  private weak var link: InterlineLink?

  /// Shows the state of `link`'s page and sends it commands.
  public func attach(_ link: InterlineLink) {
    self.link = link
    link.onState = { [weak self] in self?.show($0) }
    show(link.state)
  }

  private func show(_ state: InterlineObject) {
    items = Self.commands.map { command in
      let action = UIAction(title: command.label, image: UIImage(systemName: command.symbol)) { [weak self] _ in
        self?.link?.exec(command.name, args: command.args) { _ in }
      }
      let item = UIBarButtonItem(primaryAction: action)
      item.accessibilityLabel = command.label
      item.isEnabled = Self.isEnabled(command, state)
      item.isSelected = Self.isOn(command, state)
      return item
    }
  }

  private static func isEnabled(_ command: Command, _ state: InterlineObject) -> Bool {
    switch command.name {
    case "undo": return state["canUndo"] as? Bool ?? false
    case "redo": return state["canRedo"] as? Bool ?? false
    default: return state["editable"] as? Bool ?? false
    }
  }

  private static func isOn(_ command: Command, _ state: InterlineObject) -> Bool {
    if let mark = command.args?["mark"] as? String { return (state["marks"] as? [String])?.contains(mark) ?? false }
    if let list = command.args?["list"] as? String { return state["list"] as? String == list }
    if let block = command.args?["block"] as? String { return state["block"] as? String == block }
    return false
  }
}
