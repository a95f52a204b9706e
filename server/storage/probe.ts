// What is written to a database to find out whether it takes writes.

import { randomBytes } from "node:crypto";

/**
 * At least so many bytes, drawn: SQLite writes nothing in the place of what is the same, and a database that packs what it keeps
 * would need no room for what repeats itself.
 */
export const probeOf = (bytes: number): Buffer => randomBytes(Math.max(16, bytes));
