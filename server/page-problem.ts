// A problem as a person at a browser is shown it, where a program is given JSON: what is the matter, and a way on.
//
// A browser that goes to an address says first that it takes HTML; programs do not. What is for programs (`/v1/…`, health)
// answers them as ever, whoever asks. The page is one of the demo's (`demo/problem.html`), read once; a server without it
// has none to show.

import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Problem } from "./problem.js";

type Shown = Pick<Problem, "status" | "title"> & { readonly code?: string };

/** The page for whoever has asked, if that is a person. */
export type ProblemPage = (asked: IncomingMessage, problem: Shown) => string | undefined;

const forPrograms = /^\/(v1|token|livez|readyz|metrics|version|assets|worker\.js)(?![^/?#])/;

/** `folder`: of the built pages. */
export function problemPage(folder: string): ProblemPage {
  const file = join(folder, "problem.html");
  const page = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  return (asked, problem) => {
    // Of somebody else's page or name nothing is answered, the style of this page neither.
    if (problem.code === "origin_refused" || !isPerson(asked)) return undefined;
    const [heading, words] = said(problem, asked.url ?? "");
    const base = rootFrom(asked.url ?? "");
    const told = { STATUS: String(problem.status), HEADING: heading, WORDS: words, BASE: base };
    return page?.replace(/INTERLINE_(STATUS|HEADING|WORDS|BASE)/g, (_whole, place: keyof typeof told) =>
      escaped(told[place]),
    );
  };
}

/** The way from an address of ours to our root, which may be below a path that we are not told. */
function rootFrom(url: string): string {
  const [path = ""] = url.split(/[?#]/);
  return `./${"../".repeat(Math.max(0, path.split("/").length - 2))}`;
}

function isPerson({ method, url = "", headers }: IncomingMessage): boolean {
  return (
    (method === "GET" || method === "HEAD") &&
    !forPrograms.test(url) &&
    /(^|,)\s*text\/html\s*(;|,|$)/i.test(headers.accept ?? "")
  );
}

function said({ status, code, title }: Shown, url: string): readonly [heading: string, words: string] {
  if (code === "bad_name" || (status === 404 && /^\/(d|p|history|webview)\/[^/]/.test(url)))
    return [
      "No document has this name",
      "Names are up to 128 letters, digits, _ and -, and begin with a letter or a digit. Was the address cut short, or something written behind it?",
    ];
  if (status === 404 || status === 400)
    return [
      "There is nothing here",
      "No page has this address. It may have been cut short, or written with a mistake.",
    ];
  if (status === 429 || status === 503) return ["Not just now", `${title} Try again in a moment.`];
  return ["That did not work", title];
}

const entities: { readonly [char: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => entities[char]!);
