import { expect } from "chai";
import fc from "fast-check";
import { DAY_MS, dateWindows, toDay } from "../../../../provider/platforms/trend-micro/dates";

const ms = (text: string) =>
  /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(/[zZ]$/.test(text) ? text : `${text}Z`);

describe("LMPI dates", () => {
  it("writes instants in each of the forms", () => {
    const one = (format: "iso-z" | "iso-local" | "iso-millis" | "posix") =>
      dateWindows({
        fromMs: Date.parse("2026-03-02T09:00:00Z"),
        toMs: Date.parse("2026-03-02T10:00:00Z"),
        widestDays: 1,
        format,
      })[0]?.start;
    expect([one("iso-z"), one("iso-local"), one("iso-millis"), one("posix")]).to.deep.equal([
      "2026-03-02T09:00:00Z",
      "2026-03-02T09:00:00",
      "2026-03-02T09:00:00.000Z",
      "1772442000",
    ]);
  });

  it("covers every instant of a span with windows no wider than allowed, whichever of their ends count as inside", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000 }),
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 0, max: DAY_MS }),
        fc.constantFrom("iso-z", "iso-local", "iso-millis", "posix"),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (days, widestDays, extraMs, format, at) => {
          const fromMs = Date.parse("2020-05-17T13:14:15Z");
          const toMs = fromMs + days * DAY_MS + extraMs;
          const windows = dateWindows({ fromMs, toMs, widestDays, format });
          const stamped = Math.floor((fromMs + at * (toMs - fromMs)) / 1000) * 1000;
          const spans = windows.map((window) => [ms(window.start), ms(window.end)] as const);
          expect(spans.every(([start, end]) => end - start <= widestDays * DAY_MS && end > start)).to.equal(true);
          // With both ends outside, only the very edges of the whole span may be left out, and those lie before the first object and after now.
          const inside = spans.some(([start, end]) => stamped > start && stamped < end);
          expect(inside || stamped === spans[0]?.[0] || stamped === spans.at(-1)?.[1]).to.equal(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  const days: readonly { readonly value: unknown; readonly day: string | undefined; readonly reason: string }[] = [
    { value: "2026-03-02", day: "2026-03-02", reason: "a date" },
    { value: "2026-03-02T23:59:59Z", day: "2026-03-02", reason: "with a zone" },
    { value: "2026-03-02T23:59:59-08:00", day: "2026-03-02", reason: "with another zone: as it is written" },
    { value: "2026-03-02T23:59:59", day: "2026-03-02", reason: "without a zone" },
    { value: "2026-03-02 00:00:00.000", day: "2026-03-02", reason: "with a blank and milliseconds" },
    { value: "2026/03/02", day: "2026-03-02", reason: "with slashes" },
    { value: 1772442000, day: "2026-03-02", reason: "seconds" },
    { value: 1772442000000, day: "2026-03-02", reason: "milliseconds" },
    { value: "1772442000", day: "2026-03-02", reason: "seconds as text" },
    { value: "", day: undefined, reason: "nothing" },
    { value: null, day: undefined, reason: "null" },
    { value: "soon", day: undefined, reason: "words" },
  ];
  for (const { value, day, reason } of days) {
    it(`reads the day of ${JSON.stringify(value)}: ${reason}`, () => {
      expect(toDay(value)).to.equal(day);
    });
  }
});
