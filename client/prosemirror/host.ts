// The element around an editor, in which what stands beside its text (carets, the bubble of a link) is placed. It is somebody
// else's: it has our class while something of ours is in it, and is given back as it was.

const CLASS = "interline-host";

/** How many of ours are in an element to which we gave the class. */
const guests = new WeakMap<Element, number>();

/** Makes `host` a place to stand in. @returns what is called, once, when one goes */
export function standIn(host: Element | null): () => void {
  if (host === null) return () => {};
  const others = guests.get(host);
  // Of the page itself, which keeps it.
  if (others === undefined && host.classList.contains(CLASS)) return () => {};
  guests.set(host, (others ?? 0) + 1);
  host.classList.add(CLASS);
  return () => {
    const left = guests.get(host)! - 1;
    if (left > 0) {
      guests.set(host, left);
      return;
    }
    guests.delete(host);
    host.classList.remove(CLASS);
  };
}
