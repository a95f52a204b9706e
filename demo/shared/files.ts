// Files that are dropped on an editor's page, where nothing takes them: a browser would go to them, in the page's place or
// beside it.

import { sayWhy } from "./notices.js";

/** Keeps the page where it is, and says so in `place`. What an editor takes itself is its own. */
export function refuseFiles(place: HTMLElement): void {
  const areFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") === true;
  // Without it there is no drop, and the browser does what it likes.
  addEventListener("dragover", (event) => {
    if (areFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (event.defaultPrevented || !areFiles(event)) return;
    event.preventDefault();
    sayWhy(place, "Files are opened on the page with all documents");
  });
}
