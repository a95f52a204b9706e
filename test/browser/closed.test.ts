// Documents that are closed to somebody, while they look at them or from the start: what is said, what is offered and what
// is not any more, and how one comes back.

import { expect } from "chai";
import { SignJWT } from "jose";
import { cleanUp, type RunningServer, startServer } from "../server/harness.js";
import { violations } from "./axe.js";
import { leaveAll } from "./chromium.js";
import { comes, freshId, opens, type Person, written } from "./people.js";

const SECRET = "a secret that is long enough for HS256";

/** Of these, what is to be seen on the page. */
const seen = async ({ page }: Person, selector: string): Promise<string[]> =>
  page.locator(selector).and(page.locator(":visible")).allInnerTexts();

const AROUND = ".roster .avatar, .history-link, .share, .foot .count";

describe("whoever a document is closed to", () => {
  const barred = new Set<string>();
  let server: RunningServer;
  before(async () => {
    server = await startServer({ authorize: (user, _action, doc) => !barred.has(`${user.name} ${doc}`) });
  });
  after(cleanUp);
  afterEach(leaveAll);

  const choices = async ({ page }: Person) => {
    await page.getByRole("button", { name: "Menu", exact: true }).click();
    const found = await page.getByRole("menuitem").allInnerTexts();
    await page.keyboard.press("Escape");
    return found;
  };

  it("is shown nobody in it, nothing to share and no count any more, and keeps their copy", async () => {
    const id = await written(server, "Some words.");
    const [ada, bo] = [await opens("Ada", server, id), await opens("Bo", server, id)];
    await bo.caretAt("words");
    await ada.page.locator(".interline-caret").waitFor({ state: "attached" });
    expect(await seen(ada, AROUND)).to.include.members(["History", "Share", "2 words"]);
    barred.add(`Ada ${id}`);
    await ada.page.getByRole("alert").getByText("no longer there").waitFor();
    expect(await seen(ada, AROUND)).to.deep.equal([]);
    expect(await ada.page.locator(".interline-caret").count(), "carets").to.equal(0);
    expect(await choices(ada)).to.deep.equal([
      "Find and replace (Ctrl+F)",
      "Download as Markdown",
      "Download as HTML",
      "Download as text",
      "Change my name…",
      "Keyboard shortcuts",
      "Dark colours",
    ]);
    expect(await ada.outline()).to.equal('doc(paragraph("Some words."))');
    expect(await violations(ada.page)).to.deep.equal([]);
    await ada.screenshot("closed");
  });

  it("comes back by “Try again” when it is shared with them again", async () => {
    const id = await written(server, "Some words.");
    const ada = await opens("Ada", server, id);
    barred.add(`Ada ${id}`);
    const again = ada.page.getByRole("alert").getByRole("button", { name: "Try again" });
    await again.waitFor();
    barred.clear();
    await again.click();
    await ada.page.locator(".ProseMirror[contenteditable=true]").getByText("Some words.").waitFor();
    expect(await ada.page.getByRole("alert").count()).to.equal(0);
  });

  for (const path of ["/d/", "/p/", "/p/?editor=textarea"])
    it(`is not asked to write in what they cannot open (${path})`, async () => {
      const [place, query = ""] = path.split("?");
      const open = await comes("Ada", server, `${place}${freshId()}?${query}`);
      const prompt = async ({ page }: Person) =>
        page.locator("body").evaluate((body) => {
          const rich = body.querySelector(".ProseMirror");
          const code = body.querySelector(".plain-place")?.shadowRoot;
          const area = body.querySelector("textarea");
          if (rich !== null) return getComputedStyle(rich, "::before").content.replaceAll('"', "");
          return area?.placeholder ?? code?.querySelector(".cm-placeholder")?.textContent ?? "";
        });
      await open.page.getByText(/^Saved/).waitFor();
      expect(await prompt(open)).to.equal("Write something…");
      const id = freshId();
      barred.add(`Ada ${id}`);
      const ada = await comes("Ada", server, `${place}${id}?${query}`);
      await ada.page.getByRole("alert").getByText("does not exist").waitFor();
      expect(await prompt(ada)).to.be.oneOf(["", "none"]);
      expect(await seen(ada, AROUND)).to.deep.equal([]);
      expect(await choices(ada)).to.deep.equal(["Change my name…", "Keyboard shortcuts", "Dark colours"]);
    });
});

describe("whoever comes to a server that wants tokens of its own", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({ auth: "jwt", jwtSecret: SECRET });
  });
  after(cleanUp);
  afterEach(leaveAll);

  const signed = (secret: string, exp: number) =>
    new SignJWT({ sub: "ann", name: "Ann", exp })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(secret));
  const soon = () => Math.floor(Date.now() / 1_000) + 600;
  const noToken = /404 for .*\/token|status of 404|40[13] for|status of 40[13]/;

  for (const path of ["/", "/d/minutes", "/p/minutes", "/history/minutes"])
    it(`is told that there is none in their browser, and how one is given (${path})`, async () => {
      const ann = await comes("Ann", server, path);
      const told = ann.page.getByRole("alert");
      await told.getByText("there is none in this browser").waitFor();
      await told.getByText(`${ann.wire.url}${path}#token=…`).waitFor();
      expect(
        await seen(ann, "main button, main input, main label, [role=alert] :is(a, button)"),
      ).to.deep.equal([]);
      expect(await violations(ann.page)).to.deep.equal([]);
      await ann.screenshot(`no-token-${path.split("/")[1] || "start"}`);
      ann.forgive(noToken);
    });

  for (const [what, token, words] of [
    [
      "was signed by somebody else",
      () => signed("another secret that is long enough", soon()),
      "not valid here",
    ],
    ["has expired", () => signed(SECRET, soon() - 6_000), "has expired"],
  ] as const)
    it(`is told of a token that ${what}, and comes in with a good one put into the address`, async () => {
      const ann = await comes("Ann", server, `/d/minutes#token=${await token()}`);
      await ann.page.getByRole("alert").getByText(words).waitFor();
      await ann.page.evaluate(
        (good) => {
          location.hash = `token=${good}`;
        },
        await signed(SECRET, soon()),
      );
      await ann.page.locator(".ProseMirror[contenteditable=true]").waitFor();
      expect(new URL(ann.page.url()).hash).to.equal("");
      // Whom they send the address to has none yet.
      await ann.page.getByRole("button", { name: "Share" }).click();
      await ann.page.getByText("people who have a token of their own for this server").waitFor();
      ann.forgive(noToken);
    });

  it("stays who they are when a link has another token, unless they say that they are to be its owner", async () => {
    const of = (sub: string, exp = soon()) =>
      new SignJWT({ sub, name: sub, exp })
        .setProtectedHeader({ alg: "HS256" })
        .sign(new TextEncoder().encode(SECRET));
    const id = freshId();
    const ann = await comes("Ann", server, `/d/${id}#token=${await of("ann")}`);
    await ann.page.locator(".ProseMirror[contenteditable=true]").waitFor();
    const mine = await ann.page.evaluate(() => localStorage.getItem("interline:token"));
    const kept = () => ann.page.evaluate(() => localStorage.getItem("interline:token"));
    const theirs = await of("eve");
    const question = ann.page.getByRole("alertdialog", { name: "Be somebody else here?" });
    for (const key of ["Enter", "Escape"]) {
      await ann.page.goto(`${ann.wire.url}/?${key}#token=${theirs}`);
      await question.waitFor();
      expect(await violations(ann.page)).to.deep.equal([]);
      await ann.page.keyboard.press(key);
      await question.waitFor({ state: "detached" });
      expect([await kept(), new URL(ann.page.url()).hash]).to.deep.equal([mine, ""]);
    }
    await ann.page.goto(`${ann.wire.url}/d/${id}#token=${mine}`);
    await ann.page.locator(".ProseMirror[contenteditable=true]").waitFor();
    expect(await question.count()).to.equal(0);
    const renewed = await of("ann", soon() + 1);
    await ann.page.goto(`${ann.wire.url}/?renewed#token=${renewed}`);
    await ann.page.getByRole("button", { name: "New document" }).waitFor();
    expect([await question.count(), await kept()]).to.deep.equal([0, renewed]);
    await ann.page.goto(`${ann.wire.url}/?theirs#token=${theirs}`);
    await ann.screenshot("another-token");
    await Promise.all([
      ann.page.waitForEvent("load"),
      question.getByRole("button", { name: "Use the link’s token" }).click(),
    ]);
    expect(await kept()).to.equal(theirs);
    expect(await question.count()).to.equal(0);
  });
});
