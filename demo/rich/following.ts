// Whom one follows, shown under the toolbar with a way out; and what the roster can do with where people are. What is
// said of it says the announcer.

import { type Command, Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import {
  follow,
  following,
  followPeople,
  jumpTo,
  personClass,
  presenceAnnouncer,
  unfollow,
} from "../../client/prosemirror/index.js";
import type { Participant, SharedDocument } from "../../client/types.js";
import { h } from "../shared/dom.js";
import type { PeopleActions } from "../shared/roster.js";

export interface Following {
  /** For the editor. */
  readonly plugins: readonly Plugin[];
  readonly actions: PeopleActions;
}

/** @param place  what stays on top of the page; @param editor  gives the editor that has the plugins */
export function followingBanner(
  doc: SharedDocument,
  place: HTMLElement,
  editor: () => EditorView,
): Following {
  const banner = h("div", { class: "following" });
  place.append(banner);
  const run = (command: Command) => {
    const view = editor();
    command(view.state, view.dispatch, view);
  };
  const stop = () => {
    run(unfollow);
    editor().focus();
  };
  let shown: string | undefined;
  const shower = new Plugin({
    view: () => ({
      update({ state }) {
        const src = following(state);
        if (src === shown) return;
        shown = src;
        const person = doc.presence.people.find((other) => other.src === src);
        banner.replaceChildren(...(person === undefined ? [] : [pill(person, stop)]));
      },
    }),
  });
  doc.on("status", ({ status }) => {
    if (status === "fault" && following(editor().state) !== undefined) run(unfollow);
  });
  return {
    plugins: [followPeople(doc), presenceAnnouncer(doc), shower],
    actions: {
      jump: (src) => run(jumpTo(src)),
      follow: (src) => run(follow(src)),
      unfollow: () => run(unfollow),
      following: () => following(editor().state),
      toText: () => editor().focus(),
    },
  };
}

function pill({ user, color }: Participant, stop: () => void): HTMLElement {
  return h(
    "p",
    { class: `following-pill ${personClass(color)}` },
    h("span", { class: "following-name" }, `Following ${user.name}`),
    h("button", { type: "button", onclick: stop }, "Stop (Esc)"),
  );
}
