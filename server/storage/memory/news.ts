// What was revoked and announced, in memory: each piece has the next number, the one that it replaces has none any more.

import { type AnnouncementRow, KEPT_AFTER_END_MS, type News } from "../news.js";
import type { RevocationRow } from "../revocation.js";

interface Numbered<Row> {
  readonly row: Row;
  readonly number: number;
}

export class MemoryNews {
  /** By whom, where and what they revoke. */
  private readonly revoked = new Map<string, Numbered<RevocationRow>>();
  private readonly announced = new Map<string, Numbered<AnnouncementRow>>();
  private last = 0;

  revoke(row: RevocationRow): void {
    const name = JSON.stringify([row.user, row.doc, row.token]);
    const number = ++this.last;
    if (row.before > (this.revoked.get(name)?.row.before ?? 0)) this.revoked.set(name, { row, number });
  }

  revocations(): readonly RevocationRow[] {
    return [...this.revoked.values()].map(({ row }) => row);
  }

  announce(row: AnnouncementRow): void {
    for (const [id, { row: old }] of this.announced)
      if ((old.until ?? row.made) < row.made - KEPT_AFTER_END_MS) this.announced.delete(id);
    this.announced.delete(row.id);
    this.announced.set(row.id, { row, number: ++this.last });
  }

  /** What came after the piece of that number. */
  after(since: number): News {
    const later = <Row>(pieces: ReadonlyMap<string, Numbered<Row>>) =>
      [...pieces.values()].filter(({ number }) => number > since).map(({ row }) => row);
    return { last: this.last, revocations: later(this.revoked), announcements: later(this.announced) };
  }
}
