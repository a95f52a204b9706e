// What people see and keep when the server dies, the wire is cut, or they may only read: nothing typed is lost, and
// "saved" is never said of what the server has not on its disk.

import { expect } from "chai";
import { SignJWT } from "jose";
import { type ChildServer, cleanUp, startChild } from "../server/harness.js";
import { type ServerProcess, serverProcess } from "../stack/server-process.js";
import { readStore } from "../stack/store.js";
import { leaveAll, visit } from "./chromium.js";
import { comes, freshId, opens, type Person, sameFor, two, written } from "./people.js";

/** Whichever stage it is in: what lasts is named. */
const beingSaved = /^(Saving…|Sending…|On this device)/;

describe("people whose server or wire fails", () => {
  afterEach(leaveAll);
  after(cleanUp);

  interface Said {
    readonly words: string;
    readonly strip: string;
    readonly text: string;
    readonly unsaved: number;
  }

  /** Notes in each frame what the page says of the status, in its bar and in its strip, and what then stands in the document. */
  async function watchStatus(person: Person): Promise<() => Promise<readonly Said[]>> {
    await person.page.evaluate(() => {
      const page = globalThis as unknown as {
        interline: { doc: { text: string; unsaved: number } };
        said: Said[];
      };
      const line = document.querySelector<HTMLElement>(".status-words")!;
      const strip = document.querySelector<HTMLElement>(".keeping-line[data-kind=waiting]")!;
      page.said = [];
      const note = () => {
        const { text, unsaved } = page.interline.doc;
        page.said.push({ words: line.textContent!, strip: strip.textContent!, text, unsaved });
        if (page.said.length < 100_000) requestAnimationFrame(note);
      };
      note();
    });
    return () => person.page.evaluate(() => (globalThis as unknown as { said: Said[] }).said);
  }

  it("lose nothing when it is killed while they type, and are told the truth all the time", async () => {
    const server: ServerProcess = await serverProcess();
    const id = freshId();
    const [ada, bo] = await two(server, id);
    const said = await watchStatus(ada);
    const words = Array.from({ length: 60 }, (_, at) => `word${at} `).join("");
    const typing = ada.page.keyboard.type(words, { delay: 12 });
    await bo.editor.getByText("word8").waitFor();
    await server.kill();
    // What the page had called saved when the server died is in its file.
    const onDisk = readStore(server.data, id).snapshot.toString();
    const calledSaved = (await said()).filter(({ words }) => words.startsWith("Saved")).at(-1)?.text ?? "";
    expect(onDisk.startsWith(calledSaved.trimEnd())).to.equal(true);
    await ada.page.locator(".status-words", { hasText: /^Offline/ }).waitFor();
    await server.start();
    await typing;
    expect(await sameFor(ada, bo)).to.equal(`doc(paragraph("${words}"))`);
    expect(await ada.statusWords()).to.match(/^Saved · version \d+$/);
    const heard = await said();
    expect(heard.filter(({ words, unsaved }) => words.startsWith("Saved") && unsaved > 0)).to.deep.equal([]);
    expect(heard.some(({ words }) => /^Offline · not saved yet$/.test(words))).to.equal(true);
  });

  describe("with one server", () => {
    let server: ChildServer;
    before(async () => {
      server = await startChild();
    });

    async function goOffline({ wire, context }: Person): Promise<void> {
      wire.open = false;
      wire.cut();
      await context.setOffline(true);
    }
    async function comeBack({ wire, context }: Person): Promise<void> {
      wire.open = true;
      await context.setOffline(false);
    }

    it("go on typing offline, see how much is unsaved, and everything meets when they are back", async () => {
      const [ada, bo] = await two(server, await written(server, "together"));
      await goOffline(ada);
      await ada.page.getByText("Offline · reconnecting").waitFor();
      const clean = "Offline. Everything so far is saved, and you can go on writing.";
      await ada.page.locator(".keeping-line").getByText(clean).waitFor();
      const said = await watchStatus(ada);
      await ada.caretAt("together");
      await ada.type(" offline");
      await ada.press("Enter");
      await ada.type("a new paragraph");
      await ada.page.getByText(/^Offline · not saved yet$/).waitFor();
      const heard = await said();
      expect(heard.some(({ strip }) => strip === clean)).to.equal(true);
      expect(heard.filter(({ strip, unsaved }) => strip === clean && unsaved > 0)).to.deep.equal([]);
      await bo.caretAt("together", 0);
      await bo.type("online ");
      await bo.saved();
      await ada.press("Control+z");
      await comeBack(ada);
      const outline = await sameFor(ada, bo);
      expect(outline).to.match(/^doc\(paragraph\("online together offline"\)/);
      expect(outline).not.to.contain("a new paragraph");
    });

    it("see an edit as saving, not saved, while the wire holds it back", async () => {
      const [ada] = await two(server, await written(server, "x"));
      await ada.saved();
      ada.wire.hold();
      await ada.type("held back");
      await ada.page.getByText(beingSaved).waitFor();
      ada.wire.release();
      await ada.page.getByText(/^Saved · version \d+$/).waitFor();
    });

    it("may cut and slow the wires of two editors side by side, and both end with the same", async () => {
      const { page } = await comes("Ada", server, "/side-by-side");
      const sides = ["Left editor", "Right editor"].map((name) => page.getByRole("region", { name }));
      const [left, right] = sides as [(typeof sides)[0], (typeof sides)[0]];
      const text = (side: typeof left) => side.locator(".ProseMirror");
      await page.locator(".ProseMirror[contenteditable=true]").nth(1).waitFor();
      await text(left).click();
      await page.keyboard.type("from the left. ");
      await text(right).getByText("from the left.").waitFor();

      await left.getByRole("button", { name: "Cut the wire" }).click();
      await left.locator(".status-words", { hasText: /^Offline/ }).waitFor();
      await text(left).press("Control+End");
      await page.keyboard.type("cut off. ");
      await text(right).press("Control+Home");
      await page.keyboard.type("Right: ");
      await left.getByText(/^Offline · not saved yet$/).waitFor();
      expect(await text(right).textContent()).not.to.contain("cut off");
      await left.getByRole("button", { name: "Mend the wire" }).click();
      await text(right).getByText("Right: from the left. cut off.").waitFor();
      await text(left).getByText("Right: from the left. cut off.").waitFor();

      await right.getByRole("slider").fill("600");
      await text(right).press("Control+End");
      await page.keyboard.type("slowly");
      await text(right).getByText("slowly").waitFor();
      await right.getByText(beingSaved).waitFor();
      expect(await text(left).textContent()).not.to.contain("slowly");
      await text(left).getByText("slowly").waitFor();
    });
  });

  describe("with tokens", () => {
    const secret = "a secret of at least thirty-two bytes";
    let server: ChildServer;
    before(async () => {
      server = await startChild(["--auth", "jwt", "--jwt-secret", secret]);
    });

    const token = (name: string, claim: object) =>
      new SignJWT({ name, interline: claim })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(name.toLowerCase())
        .setExpirationTime("1h")
        .sign(new TextEncoder().encode(secret));

    it("may look and not touch with a token to read, and see who writes", async () => {
      const id = freshId();
      const grant = { documents: [id] };
      const writer = await opens(
        "Ada",
        server,
        `${id}#token=${await token("Ada", { ...grant, access: "write" })}`,
      );
      await writer.type("for reading");
      await writer.saved();
      const reader = await comes(
        "Bo",
        server,
        `/d/${id}#token=${await token("Bo", { ...grant, access: "read" })}`,
      );
      await reader.editor.getByText("for reading").waitFor();
      await reader.page.getByText(/^Read only · version \d+$/).waitFor();
      expect(reader.page.url()).not.to.contain("token");
      expect(await reader.editor.getAttribute("contenteditable")).to.equal("false");
      await reader.editor.click();
      await reader.type("no");
      await writer.type(" and more");
      await reader.editor.getByText("for reading and more").waitFor();
      expect(await reader.outline()).to.equal('doc(paragraph("for reading and more"))');
      await reader.page.getByRole("toolbar").getByText("Read only").waitFor();
      expect(await reader.page.getByRole("button", { name: "Bold" }).count()).to.equal(0);
    });

    it("see the same words for a document that is not there and one that is not theirs", async () => {
      const id = freshId();
      const writer = await opens("Ada", server, `${id}#token=${await token("Ada", { documents: [id] })}`);
      await writer.type("private");
      await writer.saved();
      const other = await token("Eve", { documents: ["other"], access: "read" });
      const answers = await Promise.all(
        [id, "other"].map(async (doc) => {
          const { page } = await visit(`${server.url}/d/${doc}#token=${other}`);
          const notice = page.getByRole("alert");
          await notice.waitFor();
          expect(await page.content()).not.to.contain("private");
          return notice.textContent();
        }),
      );
      expect(answers[0]).to.equal(answers[1]);
    });

    it("are told that the server wants a token when they come without one", async () => {
      const { page, forgive } = await visit(`${server.url}/d/${freshId()}`);
      await page.getByRole("alert").getByText("there is none in this browser").waitFor();
      forgive(/404/);
    });
  });
});
