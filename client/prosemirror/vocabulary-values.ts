// What a single attribute value may be, for marks and nodes alike.

import { isCleanText } from "../../ot/index.js";

/** The document type's own bound. */
const maxValueLength = 4096;

/** Whether the value of a flag (a mark, `ck`, `new`, `iq`) sets it. */
export const isSet = (value: unknown): boolean => value === 1 || value === true;

/** Whether a value is text that the document type accepts as one. */
export const isShort = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= maxValueLength && isCleanText(value);
