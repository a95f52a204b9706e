// Who we are on this device: a name people see, a token that makes us the same person next time, and the database that
// holds what we have not sent. All are kept in localStorage where there is one, so that nothing here needs a network twice.
// An open server gives tokens to anybody (`POST /token`); one that wants signed tokens gets the one in the address,
// `#token=…`, which is taken out of the address at once. It takes the place of another one only if the person says so.

import { mintId, secureBytes } from "../../client/ids.js";
import type { FaultCode } from "../../protocol/index.js";
import { addressOf, keptAs } from "./base.js";
import { askToTakeToken, tokenInAddress, tokenWanted } from "./token.js";

const NAME = keptAs("interline:name");
const TOKEN = keptAs("interline:token");
const PERSON = keptAs("interline:person");

/** No two words of a list begin alike, so that initials tell people apart; none is a colour, which the server gives. */
const animals = [
  "Badger",
  "Crane",
  "Finch",
  "Heron",
  "Ibex",
  "Lynx",
  "Marten",
  "Otter",
  "Robin",
  "Stoat",
  "Tern",
  "Wren",
];
const manners = [
  "Brave",
  "Calm",
  "Eager",
  "Gentle",
  "Keen",
  "Lively",
  "Merry",
  "Nimble",
  "Patient",
  "Quiet",
  "Swift",
  "Wise",
];

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Private browsing may refuse; then we are who we are until the page goes.
  }
}

function friendlyName(): string {
  const [a, b] = secureBytes(2);
  return `${manners[a! % manners.length]} ${animals[b! % animals.length]}`;
}

/** A token handed over in the address, once. */
function tokenFromAddress(): string | null {
  const token = tokenInAddress();
  // Put into the address of a page that is open, it does not load the page.
  addEventListener("hashchange", () => tokenInAddress() !== null && location.reload());
  if (token !== null) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

/** Whom a token names. Only the server can tell whether it is true; here it tells databases apart. */
function subjectOf(token: string): string | undefined {
  try {
    const claims = token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/");
    const { sub } = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(atob(claims), (c) => c.charCodeAt(0))),
    );
    return typeof sub === "string" ? sub : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One person at this device. A guest stays the same one when a server does not know their token any more (it has been
 * replaced by another, say): what they have not sent is theirs all the same.
 */
function personHere(handedOver: string | null): string {
  const named = handedOver === null ? undefined : subjectOf(handedOver);
  const person = named === undefined ? (stored(PERSON) ?? `guest-${mintId()}`) : `user-${named}`;
  store(PERSON, person);
  return person;
}

/** Whether one is the other renewed. Whoever made one up for a name gets in nowhere with it. */
const ofOne = (a: string, b: string): boolean => {
  const subject = subjectOf(a);
  return subject !== undefined && subject === subjectOf(b);
};

/** Becomes whoever the token was made for, if the person at this device says so; until then everything is as it was. */
async function offer(token: string): Promise<void> {
  if (!(await askToTakeToken())) return;
  store(TOKEN, token);
  personHere(token);
  location.reload();
}

export interface Identity {
  readonly name: string;
  /** The server lets nobody in without a token that somebody gave them, as ours was. */
  readonly invited: boolean;
  /** Of the database that holds what this person has not sent. */
  readonly database: string;
  /** For `connect`: the token as it is now, fetched if there is none. */
  readonly token: () => Promise<string>;
  /** The server did not take our token, for this reason: the next one will be a new one. */
  refused(code: FaultCode): void;
  rename(name: string): void;
  /** Calls `use` with every other name this person takes, here or in another tab. */
  onRenamed(use: (name: string) => void): void;
}

/** The person at this device; `as` makes another one that is not remembered. */
export function identify(as?: string): Identity {
  let name = as ?? stored(NAME) ?? friendlyName();
  const kept = as === undefined ? stored(TOKEN) : null;
  const linked = as === undefined ? tokenFromAddress() : null;
  const isOther = linked !== null && kept !== null && linked !== kept && !ofOne(linked, kept);
  if (isOther) void offer(linked);
  const handedOver = isOther ? null : linked;
  let token = handedOver ?? kept;
  /** What the server said of the last one it did not take. */
  let refused: FaultCode | undefined;
  const users = new Set<(name: string) => void>();
  const take = (next: string) => {
    name = next;
    for (const use of users) use(next);
  };
  const person = as === undefined ? personHere(handedOver) : as;
  if (as === undefined) {
    store(NAME, name);
    store(TOKEN, token);
    addEventListener("storage", ({ key, newValue }) => {
      if (key === NAME && newValue !== null && newValue !== name) take(newValue);
    });
  }
  return {
    database: keptAs(`interline:${person}`),
    // An open server names guests itself.
    invited: as === undefined && /^user-(?!guest-)/.test(person),
    get name() {
      return name;
    },
    async token() {
      if (token !== null) return token;
      const response = await fetch(addressOf("/token"), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name }),
      });
      if (response.status === 404) throw tokenWanted(refused);
      if (!response.ok) throw new Error("This server gives out no tokens at the moment.");
      const fresh = ((await response.json()) as { token: string }).token;
      token = fresh;
      if (as === undefined) store(TOKEN, fresh);
      return fresh;
    },
    refused(code) {
      if (token !== null) refused = code;
      token = null;
      if (as === undefined) store(TOKEN, null);
    },
    rename(next) {
      if (as === undefined) store(NAME, next);
      take(next);
    },
    onRenamed: (use) => void users.add(use),
  };
}
