// The avatars of who is in the document, and the line that says who is writing. Where the page can show where people
// are, an avatar is a button: pressing it goes there, and its menu offers to follow. Whoever does not fit is behind "+N",
// whose menu has everybody.
//
// What somebody does is shown by a sign as well as by colour. Avatars stay the same elements while their people stay,
// so that neither the focus nor an open menu gets lost when somebody types.

import { personClass } from "../../client/prosemirror/palette.js";
import { initials } from "../../client/prosemirror/presence/labels.js";
import type { SharedDocument } from "../../client/types.js";
import type { User } from "../../protocol/index.js";
import { h } from "./dom.js";
import { stateIcon } from "./icons.js";
import { type Present, personWords, present, typingWords } from "./people.js";
import { type MenuItem, menuButton, type PopupContent } from "./popup.js";

/** More people than these are behind "+N"; fewer on a phone. */
const DRAWN = 6;
const DRAWN_NARROW = 3;
const narrow = "(max-width: 40rem)";

/** What the page can do with where people are; each takes a client id. */
export interface PeopleActions {
  jump(src: string): void;
  follow(src: string): void;
  unfollow(): void;
  readonly following: () => string | undefined;
  /** The keys write in the text again. */
  toText(): void;
}

interface Avatar {
  readonly element: HTMLElement;
  show(person: Present): void;
}

/** A list that follows the document's presence, and a line that says who is writing. */
export function roster(
  doc: SharedDocument,
  actions?: PeopleActions,
): { readonly list: HTMLElement; readonly typing: HTMLElement } {
  const list = h("ul", { class: "roster", "aria-label": "People in this document" });
  const typing = h("span", { class: "typing" });
  // Whoever was there last when a document was closed to us: we do not know whether they are.
  const everybody = () => (doc.status === "fault" ? [] : present(doc.presence.self, doc.presence.people));
  const avatars = new Map<string, Avatar>();
  const rest = overflow(everybody, actions);
  const width = matchMedia(narrow);
  const show = () => {
    const people = everybody();
    const most = width.matches ? DRAWN_NARROW : DRAWN;
    const drawn = people.slice(0, people.length > most ? most - 1 : most);
    const ids = new Set(drawn.map(({ user }) => user.id));
    for (const [id, { element }] of avatars) {
      if (ids.has(id)) continue;
      element.remove();
      avatars.delete(id);
    }
    for (const [at, person] of drawn.entries()) {
      const known = avatars.get(person.user.id);
      const avatar = known ?? avatarOf(person, everybody, actions);
      avatars.set(person.user.id, avatar);
      avatar.show(person);
      if (list.children[at] !== avatar.element) list.insertBefore(avatar.element, list.children[at] ?? null);
    }
    const more = people.length - drawn.length;
    if (more === 0) rest.element.remove();
    else if (rest.element.parentElement === null) list.append(rest.element);
    rest.show(more);
    const writing = people.filter(({ self, activity }) => !self && activity === "typing");
    typing.textContent = typingWords(writing.map(({ user }) => user.name));
  };
  doc.presence.on("change", show);
  doc.on("status", show);
  width.addEventListener("change", show);
  show();
  return { list, typing };
}

function avatarOf(
  { user, self }: Present,
  everybody: () => readonly Present[],
  actions: PeopleActions | undefined,
): Avatar {
  const letters = h("span", { "aria-hidden": "true" });
  const sign = h("span", { class: "avatar-sign", "aria-hidden": "true" });
  const label = h("span", { class: "visually-hidden" });
  const element = h("li", { "data-user": user.id });
  let face: HTMLElement;
  if (self || actions === undefined) {
    face = h("span", {}, letters, sign, label);
    element.append(face);
  } else {
    const now = () => everybody().find(sameAs(user));
    const button = h("button", { type: "button" }, letters, sign, label);
    const menu = menuButton(button, () => choices(now(), user.name, actions));
    // A press goes there at once; whoever comes by keyboard chooses in the menu.
    button.addEventListener("click", (event) => {
      const src = now()?.src;
      if (event.detail > 0 && menu.popup.isOpen && src !== undefined) actions.jump(src);
    });
    face = button;
    element.append(menu.element);
  }
  let shown = "";
  return {
    element,
    show(person) {
      const { color, activity } = person;
      const words = personWords(person);
      const now = `${color} ${activity} ${words}`;
      if (now === shown) return;
      shown = now;
      face.className = `avatar ${personClass(color)}`;
      face.dataset.activity = activity;
      face.title = words;
      letters.textContent = initials(person.user.name);
      label.textContent = words;
      sign.replaceChildren(...(activity === "active" ? [] : [stateIcon(activity)]));
    },
  };
}

const sameAs =
  ({ id }: User) =>
  ({ user }: Present): boolean =>
    user.id === id;

/** What there is to do about somebody, as they are when it is asked. */
function choices(person: Present | undefined, name: string, actions: PeopleActions): PopupContent {
  const items: MenuItem[] = [];
  const src = person?.src;
  if (src !== undefined) {
    const then = (act: () => void) => () => {
      act();
      actions.toText();
    };
    items.push({ label: `Jump to ${name}`, run: then(() => actions.jump(src)) });
    items.push(
      actions.following() === src
        ? { label: `Stop following ${name}`, run: then(() => actions.unfollow()) }
        : { label: `Follow ${name}`, run: then(() => actions.follow(src)) },
    );
  } else items.push({ label: "Not in the text at the moment" });
  return { label: name, heading: person === undefined ? `${name}, gone` : personWords(person), items };
}

/** "+N": a menu of everybody. */
function overflow(
  everybody: () => readonly Present[],
  actions: PeopleActions | undefined,
): { readonly element: HTMLElement; show(count: number): void } {
  const button = h("button", { type: "button", class: "avatar more" });
  const { element: place } = menuButton(button, () => ({
    label: "Everybody here",
    heading: `${everybody().length} people are here`,
    items: everybody().map((person) => ({
      label: personWords(person),
      icon: h("span", { class: `swatch ${personClass(person.color)}`, "aria-hidden": "true" }),
      more:
        person.self || actions === undefined
          ? undefined
          : () => choices(everybody().find(sameAs(person.user)), person.user.name, actions),
    })),
  }));
  const element = h("li", {}, place);
  return {
    element,
    show(count) {
      button.textContent = `+${count}`;
      button.setAttribute("aria-label", `${count} more people: show everybody`);
      button.title = `${count} more`;
    },
  };
}
