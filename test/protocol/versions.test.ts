// What clients of the version before are told.

import { expect } from "chai";
import { Fault, type FaultAction, type FaultCode, faultIn, faults } from "../../protocol/index.js";

/** Every code that version 2 knows, with what its clients do. It never changes. */
const versionTwo: { readonly [code: string]: FaultAction } = {
  message_malformed: "drop",
  op_malformed: "drop",
  op_out_of_bounds: "drop",
  op_too_complex: "drop",
  op_too_large: "drop",
  document_too_large: "drop",
  bad_unicode: "drop",
  bad_url: "drop",
  seq_reused: "drop",
  readonly: "drop",
  version_unknown: "reopen",
  version_ahead: "reopen",
  epoch_changed: "reopen",
  client_unknown: "rename",
  busy: "retry",
  rate_limited: "retry",
  unavailable: "retry",
  storage_full: "retry",
  too_many_connections: "retry",
  room_full: "retry",
  internal: "retry",
  forbidden: "leave",
  document_deleted: "leave",
  bad_name: "leave",
  type_mismatch: "leave",
  document_exists: "leave",
  too_many_documents: "leave",
  unauthenticated: "authenticate",
  token_expired: "authenticate",
  token_revoked: "authenticate",
  protocol_unsupported: "close",
  origin_refused: "close",
};

describe("a client of the version before", () => {
  it("is told every fault by a code that it knows, after which it does what a client of today does", () => {
    for (const code of Object.keys(faults) as FaultCode[]) {
      const told = faultIn(2, new Fault(code, "Why.", { retryAfterMs: 5, details: { head: 7 } }));
      expect(versionTwo[told.code], code).to.equal(faults[code]);
      expect(told.toJSON()).to.deep.equal({
        code: told.code,
        message: "Why.",
        retryAfterMs: 5,
        details: { head: 7 },
      });
    }
  });

  it("is told what it knows as it is, and so is whoever speaks the newest version, whatever it is", () => {
    for (const code of Object.keys(faults) as FaultCode[]) {
      if (code in versionTwo) expect(faultIn(2, new Fault(code, "")).code).to.equal(code);
      expect(faultIn(3, new Fault(code, "")).code).to.equal(code);
    }
  });
});
