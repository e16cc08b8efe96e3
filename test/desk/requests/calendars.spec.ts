import { expect } from "chai";
import { defaultCalendars, parseCalendars, readCalendars } from "../../../desk/requests/calendars";
import { isProviderError } from "../../../provider/errors";

const HOUR = 3_600_000;

describe("desk: calendars", () => {
  it("works Monday to Friday from nine to five in UTC unless told otherwise, and ArmourZero in Kuala Lumpur", () => {
    expect(defaultCalendars.of("trend-micro")).to.deep.equal({
      zone: "UTC",
      weekdays: [1, 2, 3, 4, 5],
      hours: [{ fromMinute: 540, toMinute: 1_020 }],
      holidays: [],
      firstContactMs: 24 * HOUR,
      staleAfterMs: 30 * 24 * HOUR,
    });
    expect(defaultCalendars.of("armourzero")).to.include({ zone: "Asia/Kuala_Lumpur", firstContactMs: 24 * HOUR });
  });

  it("takes a platform's settings over the file's default, and those over the built-in ones", () => {
    const calendars = parseCalendars(
      `default: { firstContactHours: 16, hours: ["08:00-12:00", "13:00-17:00"] }
platforms:
  armourzero: { weekdays: [mon, sun], holidays: [2026-05-01], staleAfterDays: 7 }`,
      "calendars.yaml",
    );
    const armourzero = calendars.of("armourzero");
    expect(armourzero).to.deep.equal({
      zone: "Asia/Kuala_Lumpur",
      weekdays: [1, 7],
      hours: [
        { fromMinute: 480, toMinute: 720 },
        { fromMinute: 780, toMinute: 1_020 },
      ],
      holidays: ["2026-05-01"],
      firstContactMs: 16 * HOUR,
      staleAfterMs: 7 * 24 * HOUR,
    });
    expect(calendars.of("trend-micro")).to.include({ zone: "UTC", firstContactMs: 16 * HOUR });
  });

  it("reads JSON as well, and windows over midnight", () => {
    expect(parseCalendars('{"default":{"hours":["22:00-06:00"]}}', "c.json").of("x").hours).to.deep.equal([
      { fromMinute: 1_320, toMinute: 1_800 },
    ]);
  });

  it("knows no platform by the name of something that every object has", () => {
    expect(parseCalendars("default: {}", "c.yaml").of("constructor").zone).to.equal("UTC");
  });

  const WRONG = [
    { reason: "a zone that is none", text: "default: { zone: Europe/Atlantis }", says: "default.zone" },
    {
      reason: "a day that is none",
      text: "platforms: { armourzero: { weekdays: [monday] } }",
      says: "platforms.armourzero.weekdays",
    },
    { reason: "no working day", text: "default: { weekdays: [] }", says: "default.weekdays" },
    { reason: "a window that is none", text: "default: { hours: [9-17] }", says: "09:00-17:00" },
    { reason: "an hour beyond the day", text: 'default: { hours: ["09:00-24:30"] }', says: "09:00-24:30" },
    { reason: "no window", text: "default: { hours: [] }", says: "at least one window" },
    { reason: "windows that overlap", text: 'default: { hours: ["09:00-13:00", "12:00-17:00"] }', says: "overlap" },
    {
      reason: "a night that reaches into the next day's window",
      text: 'default: { hours: ["22:00-10:00", "09:00-12:00"] }',
      says: "overlap",
    },
    { reason: "a date that is none", text: "default: { holidays: [2026-02-30] }", says: "2026-02-30" },
    { reason: "a number that is none", text: "default: { firstContactHours: 0 }", says: "firstContactHours" },
    { reason: "a number without end", text: "default: { firstContactHours: .inf }", says: "firstContactHours" },
    { reason: "more hours than a year has", text: "default: { firstContactHours: 2001 }", says: "at most 2000" },
    { reason: "an age without end", text: "default: { staleAfterDays: .inf }", says: "staleAfterDays" },
    { reason: "a setting that there is not", text: "default: { timezone: UTC }", says: "no setting timezone" },
    { reason: "a list instead of a mapping", text: "- default", says: "mapping" },
    { reason: "text that is no YAML", text: "default: [", says: "is no YAML" },
  ] as const;
  for (const { reason, text, says } of WRONG) {
    it(`refuses ${reason}`, () => {
      expect(refusal(() => parseCalendars(text, "calendars.yaml")))
        .to.contain("calendars.yaml")
        .and.contain(says);
    });
  }

  it("tells all mistakes of a file together", () => {
    expect(refusal(() => parseCalendars("default: { zone: X, holidays: [y] }", "c.yaml")))
      .to.contain("default.zone")
      .and.contain("default.holidays");
  });

  it("says which variable named a file that is not there", () => {
    expect(refusal(() => readCalendars("no-such-file.yaml"))).to.contain("MSP_DESK_CALENDARS");
  });
});

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isProviderError(error) && error.kind === "validation") return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}
