// What the tests of a document's history do on its page, and documents with a past for it.

import type { RunningServer } from "../server/harness.js";
import { opensTab, type Person, sameFor, two, written } from "./people.js";

type Served = Pick<RunningServer, "documents" | "port">;

export const history = (person: Person, id: string, search = "") =>
  opensTab(person, `/history/${id}${search}`);
export const sheet = ({ page }: Person) => page.locator(".past");
export const entries = ({ page }: Person) => page.locator(".timeline .entry");
export const press = ({ page }: Person, name: string) =>
  page.getByRole("button", { name, exact: true }).click();
/** Waits until that is in the address: then it is on show. */
export const isAt = ({ page }: Person, search: string) => page.waitForURL((url) => url.search === search);
/** What is marked, each with how: `ins Ada`. */
export const marks = async (person: Person) =>
  sheet(person).evaluate((root) =>
    [...root.querySelectorAll<HTMLElement>("ins, del, span.change")].map(
      (each) => `${each.localName} ${each.textContent}`,
    ),
  );

/** Ada writes, then Bo, then Ada: three sessions in versions 1 … `head`. */
export async function threeSessions(
  server: Served,
): Promise<{ id: string; ada: Person; bo: Person; head: number }> {
  const id = await written(server, "Tea.");
  const [ada, bo] = await two(server, id);
  await ada.caretAt("Tea", 3);
  await ada.type(" for one");
  await ada.saved();
  await bo.select("one");
  await bo.type("two");
  await bo.saved();
  await ada.caretAt("two", 3);
  await ada.press("Enter");
  await ada.type("Hot");
  await sameFor(ada, bo);
  return { id, ada, bo, head: (await server.documents.head(id))!.version };
}

/** The same without anybody at a browser, by programs under their names. */
export async function made(server: Served): Promise<{ id: string; head: number }> {
  const id = await written(server, "Tea.");
  for (const [author, op] of [
    ["Ada", [4, " for one"]],
    ["Bo", [9, { d: 3 }, "two"]],
    ["Ada", [12, "\nHot"]],
  ] as const)
    await server.documents.submit(id, { op }, { author });
  return { id, head: 4 };
}
