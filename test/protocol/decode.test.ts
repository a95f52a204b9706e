// The decoder: what comes out is what the types say, and nothing a stranger sends gets anything else out of it than a
// fault.

import { expect } from "chai";
import fc from "fast-check";
import {
  decodeHello,
  decodeNotice,
  decodeRequest,
  decodeTokenRequest,
  Fault,
  faults,
  isDocumentId,
  isNoticeName,
  isRequestName,
} from "../../protocol/index.js";
import { checkJson, MAX_DEPTH, MAX_KEY_LENGTH, MAX_KEYS } from "../../protocol/shape.js";

const decoders: readonly ((raw: unknown) => unknown)[] = [
  (raw) => decodeHello(raw),
  (raw) => decodeRequest("open", raw),
  (raw) => decodeRequest("submit", raw),
  (raw) => decodeRequest("ops", raw),
  (raw) => decodeRequest("leave", raw),
  (raw) => decodeNotice("presence", raw),
  decodeTokenRequest,
];

function codeOf(run: () => unknown): string {
  try {
    run();
    return "decoded";
  } catch (error) {
    return error instanceof Fault ? error.code : `not a fault: ${error}`;
  }
}

const documentId = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/)
  .filter((id) => !(id in Object.prototype));
const version = fc.nat(Number.MAX_SAFE_INTEGER);
const body = {
  open: fc.record(
    { doc: documentId, type: fc.constantFrom("rich", "plain"), create: fc.boolean(), since: version },
    { requiredKeys: ["doc", "type", "create"] },
  ),
  submit: fc.record({
    doc: documentId,
    version,
    seq: fc.integer({ min: 1 }),
    op: fc.array(fc.oneof(fc.nat(), fc.string(), fc.record({ d: fc.nat() }))),
  }),
  presence: fc.record({
    doc: documentId,
    n: version,
    version,
    seq: version,
    selection: fc.option(fc.record({ anchor: version, head: version })),
    activity: fc.constantFrom("active", "typing", "idle", "away"),
  }),
};

describe("the decoder", () => {
  it("gives every message that is one back as it was", () => {
    const wire = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
    fc.assert(
      fc.property(body.open, (open) => {
        expect(decodeRequest("open", wire(open))).to.deep.equal(wire(open));
      }),
    );
    fc.assert(
      fc.property(body.submit, (submit) => {
        const sent = wire(submit);
        const expected = /\\u0000|\0/.test(JSON.stringify(sent)) ? "bad_unicode" : "decoded";
        expect(codeOf(() => expect(decodeRequest("submit", sent)).to.deep.equal(sent))).to.equal(expected);
      }),
    );
    fc.assert(
      fc.property(body.presence, (told) => {
        expect(decodeNotice("presence", wire(told))).to.deep.equal(wire(told));
      }),
    );
  });

  it("answers anything at all with a message or a fault", () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true }),
        (raw) => {
          for (const decode of decoders) expect(codeOf(() => decode(raw))).to.match(/^(decoded|[a-z_]+)$/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("notices any one key that is missing, unknown or of another kind", () => {
    const mangled = fc
      .tuple(body.submit, fc.constantFrom("doc", "version", "seq", "op", "extra"), fc.jsonValue())
      .map(([submit, key, value]) => ({ ...submit, [key]: { value } }));
    fc.assert(
      fc.property(mangled, (raw) => {
        expect(codeOf(() => decodeRequest("submit", raw))).to.not.equal("decoded");
      }),
    );
  });

  it("tells another version of the protocol so, whatever else its hello holds", () => {
    const served = { oldest: 3, newest: 4 };
    for (const protocol of [0, 2, 5]) {
      const refused = () => decodeHello({ protocol, holograms: true }, served);
      expect(codeOf(refused), `${protocol}`).to.equal("protocol_unsupported");
    }
    for (const protocol of [3, 4]) {
      expect(decodeHello({ protocol }, served)).to.deep.equal({ protocol });
      expect(codeOf(() => decodeHello({ protocol, holograms: true }, served))).to.equal("message_malformed");
    }
    expect(codeOf(() => decodeHello({ protocol: 3.5 }, served))).to.equal("message_malformed");
  });

  it("knows requests from notices, and neither from what every object has", () => {
    expect(["open", "submit", "ops", "leave"].map(isRequestName)).to.deep.equal([true, true, true, true]);
    expect(isNoticeName("presence")).to.equal(true);
    for (const name of ["presence", "constructor", "__proto__", "toString", "", null, ["open"], {}]) {
      expect(isRequestName(name), String(name)).to.equal(false);
    }
  });
});

describe("a document's name", () => {
  it("is 1 to 128 letters, digits, _ and -, and begins with a letter or digit", () => {
    for (const id of ["a", "7", "A-b_c", "a".repeat(128)]) expect(isDocumentId(id), id).to.equal(true);
    for (const id of ["", "-a", "_a", "a b", "a.b", "a/b", "é", "a\n", "a".repeat(129), 7, null, ["a"]]) {
      expect(isDocumentId(id), String(id)).to.equal(false);
    }
  });

  it("is no name that every object has", () => {
    for (const id of Object.getOwnPropertyNames(Object.prototype))
      expect(isDocumentId(id), id).to.equal(false);
  });
});

describe("plain JSON", () => {
  const nest = (depth: number) => {
    let value: unknown = 1;
    for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
    return value;
  };

  it("nests sixteen deep and no deeper", () => {
    expect(codeOf(() => checkJson(nest(MAX_DEPTH), "op_malformed"))).to.equal("decoded");
    expect(codeOf(() => checkJson(nest(MAX_DEPTH + 1), "op_malformed"))).to.equal("op_too_complex");
  });

  it("has a thousand keys in one object and no more, and none of more than 256 characters", () => {
    const withKeys = (many: number) =>
      Object.fromEntries(Array.from({ length: many }, (_, at) => [`k${at}`, 1]));
    const check = (json: unknown) => codeOf(() => checkJson([[json]], "op_malformed"));
    expect(check(withKeys(MAX_KEYS))).to.equal("decoded");
    expect(check(withKeys(MAX_KEYS + 1))).to.equal("op_too_complex");
    expect(check(withKeys(100_000))).to.equal("op_too_complex");
    expect(check({ ["k".repeat(MAX_KEY_LENGTH)]: 1 })).to.equal("decoded");
    expect(check({ ["k".repeat(MAX_KEY_LENGTH + 1)]: 1 })).to.equal("op_too_complex");
  });

  it("that nests a million deep is refused like any other", () => {
    expect(codeOf(() => checkJson(nest(1_000_000), "op_malformed"))).to.equal("op_too_complex");
  });

  it("holds no number that is none, no half character, no U+0000, and no key that every object has", () => {
    const check = (value: unknown) => codeOf(() => checkJson([{ a: value }], "op_malformed"));
    for (const value of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      undefined,
      () => 1,
      new Date(),
      Buffer.from("a"),
      1n,
    ]) {
      expect(check(value), String(value)).to.equal("op_malformed");
    }
    for (const value of ["\ud800", "a\udc00", "\0", { "\ud800": 1 }])
      expect(check(value)).to.equal("bad_unicode");
    for (const key of ["__proto__", "constructor", "toString"]) {
      expect(check(JSON.parse(`{"${key}":1}`)), key).to.equal("op_malformed");
    }
    for (const value of [null, true, 0, -1.5, "👻", "", {}, []]) expect(check(value)).to.equal("decoded");
  });
});

describe("a fault", () => {
  it("travels as JSON and is the same on the other side", () => {
    const code = fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[]));
    const details = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.oneof(fc.nat(), fc.string()));
    fc.assert(
      fc.property(
        code,
        fc.string(),
        fc.option(fc.nat(), { nil: undefined }),
        details,
        (code, message, ms, details) => {
          const fault = new Fault(code, message, {
            ...(ms === undefined ? {} : { retryAfterMs: ms }),
            details,
          });
          const heard = Fault.from(JSON.parse(JSON.stringify(fault)));
          expect(heard.toJSON()).to.deep.equal(JSON.parse(JSON.stringify(fault)));
          expect(heard.action).to.equal(faults[code]);
        },
      ),
    );
  });

  it("of a code that we do not know is one to try again after", () => {
    const fault = Fault.from({ code: "constructor" as "internal", message: "?" });
    expect([fault.code, fault.action]).to.deep.equal(["internal", "retry"]);
  });
});
