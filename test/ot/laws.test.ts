// Every law that a docstring of `ot/` states, for both types.

import { lawsOf } from "./laws.js";
import { plain, rich } from "./subjects.js";

describe("the laws of plainText", () => lawsOf(plain));
describe("the laws of richText", () => lawsOf(rich));
