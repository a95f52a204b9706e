// What the timeline of a history says of times: by the days of its reader, and from when to when somebody wrote.

import { expect } from "chai";
import { byDay, spanWords } from "../../demo/history/days.js";
import type { Session } from "../../protocol/index.js";

describe("the days of a timeline", () => {
  const locale = { language: "en-GB", timeZone: "Asia/Tokyo" };
  const at = (text: string) => Date.parse(text);
  const now = at("2026-11-26T01:00:00Z"); // 10 in the morning in Tokyo

  it("are those of the reader's own calendar, the nearest by their names", () => {
    const times = [
      "2026-11-25T16:00:00Z",
      "2026-11-25T14:59:00Z",
      "2026-11-20T02:00:00Z",
      "2025-01-02T03:00:00Z",
    ];
    const days = byDay(times.map(at), (time) => time, now, locale);
    expect(days.map(({ label }) => label)).to.deep.equal([
      "Today",
      "Yesterday",
      "Friday 20 November",
      "Thursday, 2 January 2025",
    ]);
  });

  it("say from when to when somebody wrote", () => {
    const session: Pick<Session, "startedAt" | "endedAt"> = {
      startedAt: at("2026-11-26T01:03:00Z"),
      endedAt: at("2026-11-26T01:20:00Z"),
    };
    expect(spanWords(session.startedAt, session.endedAt, locale)).to.equal("10:03 – 10:20");
    expect(spanWords(session.startedAt, session.startedAt + 20, locale)).to.equal("10:03");
  });

  it("say on which day somebody began who wrote past midnight, or for days", () => {
    const [began, night, later] = ["26T01:03:00Z", "26T15:10:00Z", "28T01:03:00Z"].map((text) =>
      at(`2026-11-${text}`),
    );
    expect(spanWords(began!, night!, locale)).to.equal("26 Nov, 10:03 – 0:10");
    expect(spanWords(began!, later!, locale)).to.equal("26 Nov, 10:03 – 10:03");
    expect(spanWords(at("2025-12-31T14:59:00Z"), at("2025-12-31T15:01:00Z"), locale)).to.equal(
      "31 Dec, 23:59 – 0:01",
    );
  });

  it("say by which clock it was where the clocks changed meanwhile: an hour was no time, and less ended before it began", () => {
    const berlin = { language: "en-GB", timeZone: "Europe/Berlin" };
    const [before, half, hour] = ["00:30", "01:10", "01:30"].map((clock) => at(`2026-10-25T${clock}:00Z`));
    expect(spanWords(before!, hour!, berlin)).to.equal("2:30 CEST – 2:30 CET");
    expect(spanWords(before!, half!, berlin)).to.equal("2:30 CEST – 2:10 CET");
    expect(spanWords(half!, hour!, berlin)).to.equal("2:10 – 2:30");
    const [winter, summer] = ["00:50", "01:10"].map((clock) => at(`2026-03-29T${clock}:00Z`));
    expect(spanWords(winter!, summer!, berlin)).to.equal("1:50 CET – 3:10 CEST");
    const [evening, night] = ["24T21:00", "25T02:00"].map((clock) => at(`2026-10-${clock}:00Z`));
    expect(spanWords(evening!, night!, berlin)).to.equal("24 Oct, 23:00 CEST – 3:00 CET");
  });
});
