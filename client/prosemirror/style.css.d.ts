// `interline/prosemirror/style.css` is imported for what it does: there is nothing in it for a program.
export {};
