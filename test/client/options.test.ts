// What a program may tell a client, and what of it is a mistake that it would wait on for ever.

import { expect } from "chai";
import { type ConnectOptions, connect, memoryOutbox } from "../../client/index.js";

/** A way to no server. */
const nowhere = { open: () => ({ request() {}, notify() {}, close() {} }) };

function refused(options: unknown): string {
  try {
    void connect("https://write.example", options as ConnectOptions).close();
    return "taken";
  } catch (error) {
    expect(error).to.be.instanceOf(TypeError);
    return (error as Error).message;
  }
}

describe("a client in a program", () => {
  it("is not made with an option that there is not, or one of the wrong kind", () => {
    expect(refused({ nmae: "Ada" })).to.equal("There is no option of connect() called nmae.");
    expect(refused({ name: 42 })).to.equal("The option name of connect() must be a string.");
    expect(refused({ token: 42 })).to.equal("The option token of connect() must be a string or a function.");
    expect(refused({ store: {} })).to.equal("The option store of connect() must be an object with open().");
    expect(refused({ transport: "polling" })).to.match(/transport of connect\(\) must be an object/);
    expect(refused({ clock: { now: Date.now } })).to.match(/with now\(\), after\(\)/);
    expect(refused({ random: 4 })).to.match(/random of connect\(\) must be a function/);
    expect(refused("a token")).to.equal("The options of connect() are an object.");
    expect(refused(null)).to.equal("The options of connect() are an object.");
    const given = { name: undefined, token: () => "t", store: memoryOutbox(), transport: nowhere };
    expect(refused(given)).to.equal("taken");
  });

  it("opens no document of a type that there is not, nor without one, nor with a misspelt option", async () => {
    const client = connect("https://write.example", { transport: nowhere });
    const open = client.open as (id?: unknown, options?: unknown) => { close(): unknown };
    const type = 'The option type of open() must be "rich" or "plain".';
    expect(() => open("minutes")).to.throw(TypeError, type);
    expect(() => open("minutes", {})).to.throw(TypeError, type);
    expect(() => open("minutes", { type: "plian" })).to.throw(TypeError, type);
    expect(() => open(undefined, { type: "plain" })).to.throw(TypeError, "the id of a document");
    expect(() => open("minutes", { type: "plain", creat: false })).to.throw(
      TypeError,
      "There is no option of open() called creat.",
    );
    expect(() => open("minutes", { type: "plain", create: "no" })).to.throw(
      TypeError,
      "must be true or false",
    );
    // Of what was refused, nothing is left in the way.
    open("minutes", { type: "plain", create: undefined }).close();
    await client.close();
  });

  it("hears at once of a listener that is none, and of a caret that is nowhere", async () => {
    const client = connect("https://write.example", { transport: nowhere });
    const doc = client.open("minutes", { type: "plain" });
    const on = doc.on as (event: string, listener?: unknown) => void;
    expect(() => on.call(doc, "change")).to.throw(TypeError, 'Who listens to "change" must be a function.');
    const { presence } = doc;
    const update = (selection: unknown, activity?: unknown) => () =>
      presence.update(selection as null, activity as "active");
    const wrong = [
      {},
      [1, 2],
      "1",
      { anchor: 1 },
      { anchor: -1, head: 1 },
      { anchor: 1, head: 1.5 },
      undefined,
    ];
    for (const selection of wrong)
      expect(update(selection), JSON.stringify(selection)).to.throw(
        TypeError,
        /of a selection must be a whole/,
      );
    expect(update(null, "flying")).to.throw(TypeError, 'An activity is "active" or');
    for (const selection of [null, { anchor: 0, head: 7 }]) expect(update(selection)).not.to.throw();
    await client.close();
  });
});
