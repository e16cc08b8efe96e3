import { expect } from "chai";
import { type Calendar, defaultCalendars } from "../../../desk/requests/calendars";
import { requestClock } from "../../../desk/requests/clock";
import { addWorkingMs, workingMsBetween } from "../../../desk/requests/working-time";
import type { RequestState } from "../../../provider/generated/types";

const HOUR = 3_600_000;
const NINE_TO_FIVE = defaultCalendars.of("anything");
const berlin: Calendar = { ...NINE_TO_FIVE, zone: "Europe/Berlin" };
const kolkata: Calendar = { ...NINE_TO_FIVE, zone: "Asia/Kolkata" };
const nights: Calendar = {
  ...NINE_TO_FIVE,
  zone: "Europe/Berlin",
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  hours: [{ fromMinute: 22 * 60, toMinute: 30 * 60 }],
};
const earlySundays: Calendar = { ...nights, weekdays: [7], hours: [{ fromMinute: 2 * 60 + 30, toMinute: 6 * 60 }] };
const withLunch: Calendar = {
  ...NINE_TO_FIVE,
  hours: [
    { fromMinute: 540, toMinute: 720 },
    { fromMinute: 780, toMinute: 1_020 },
  ],
};
const mayDay: Calendar = { ...NINE_TO_FIVE, holidays: ["2026-05-01"] };

const DUE = [
  {
    reason: "three working days on from a Monday morning",
    calendar: NINE_TO_FIVE,
    from: "2026-03-02T09:00:00Z",
    hours: 24,
    due: "2026-03-04T17:00:00Z",
  },
  {
    reason: "a weekend does not count",
    calendar: NINE_TO_FIVE,
    from: "2026-03-06T16:00:00Z",
    hours: 24,
    due: "2026-03-11T16:00:00Z",
  },
  {
    reason: "what is filed in the night begins in the morning",
    calendar: NINE_TO_FIVE,
    from: "2026-03-02T23:30:00Z",
    hours: 1,
    due: "2026-03-03T10:00:00Z",
  },
  {
    reason: "what is filed on a Saturday begins on Monday",
    calendar: NINE_TO_FIVE,
    from: "2026-03-07T12:00:00Z",
    hours: 8,
    due: "2026-03-09T17:00:00Z",
  },
  {
    reason: "what is filed at the last second has one second that day",
    calendar: NINE_TO_FIVE,
    from: "2026-03-02T16:59:59Z",
    hours: 1,
    due: "2026-03-03T09:59:59Z",
  },
  {
    reason: "what is filed as work ends begins the next morning",
    calendar: NINE_TO_FIVE,
    from: "2026-03-02T17:00:00Z",
    hours: 1,
    due: "2026-03-03T10:00:00Z",
  },
  {
    reason: "a lunch break does not count",
    calendar: withLunch,
    from: "2026-03-02T11:00:00Z",
    hours: 2,
    due: "2026-03-02T14:00:00Z",
  },
  {
    reason: "a holiday does not count",
    calendar: mayDay,
    from: "2026-04-30T16:00:00Z",
    hours: 2,
    due: "2026-05-04T10:00:00Z",
  },
  {
    reason: "Kuala Lumpur works eight hours before UTC",
    calendar: defaultCalendars.of("armourzero"),
    from: "2026-03-02T01:00:00Z",
    hours: 24,
    due: "2026-03-04T09:00:00Z",
  },
  {
    reason: "a zone of half an hour",
    calendar: kolkata,
    from: "2026-03-02T03:30:00Z",
    hours: 8,
    due: "2026-03-02T11:30:00Z",
  },
  {
    reason: "over the spring change the clock on the wall counts",
    calendar: berlin,
    from: "2026-03-27T15:00:00Z",
    hours: 2,
    due: "2026-03-30T08:00:00Z",
  },
  {
    reason: "over the autumn change as well",
    calendar: berlin,
    from: "2026-10-23T14:00:00Z",
    hours: 2,
    due: "2026-10-26T09:00:00Z",
  },
  {
    reason: "a night window reaches into the next day",
    calendar: nights,
    from: "2026-03-03T03:00:00Z",
    hours: 3,
    due: "2026-03-03T22:00:00Z",
  },
] as const;

const BETWEEN = [
  {
    reason: "a spring night has seven hours",
    calendar: nights,
    from: "2026-03-28T21:00:00Z",
    to: "2026-03-29T12:00:00Z",
    hours: 7,
  },
  {
    reason: "an autumn night has nine",
    calendar: nights,
    from: "2026-10-24T20:00:00Z",
    to: "2026-10-25T12:00:00Z",
    hours: 9,
  },
  {
    reason: "a window that begins in the skipped hour begins after it",
    calendar: earlySundays,
    from: "2026-03-29T00:00:00Z",
    to: "2026-03-29T12:00:00Z",
    hours: 2.5,
  },
  {
    reason: "a window that begins in the repeated hour begins with its first",
    calendar: earlySundays,
    from: "2026-10-25T00:00:00Z",
    to: "2026-10-25T12:00:00Z",
    hours: 4.5,
  },
  {
    reason: "outside working hours nothing passes",
    calendar: NINE_TO_FIVE,
    from: "2026-03-06T17:00:00Z",
    to: "2026-03-09T09:00:00Z",
    hours: 0,
  },
  {
    reason: "a whole week has forty",
    calendar: NINE_TO_FIVE,
    from: "2026-03-02T00:00:00Z",
    to: "2026-03-09T00:00:00Z",
    hours: 40,
  },
  {
    reason: "nothing passes backwards",
    calendar: NINE_TO_FIVE,
    from: "2026-03-03T12:00:00Z",
    to: "2026-03-02T12:00:00Z",
    hours: 0,
  },
] as const;

describe("desk: working time", () => {
  for (const { reason, calendar, from, hours, due } of DUE) {
    it(`falls due: ${reason}`, () => {
      expect(new Date(addWorkingMs(calendar, Date.parse(from), hours * HOUR)).toISOString()).to.equal(
        new Date(due).toISOString(),
      );
    });
  }
  for (const { reason, calendar, from, to, hours } of BETWEEN) {
    it(`passes: ${reason}`, () => {
      expect(workingMsBetween(calendar, Date.parse(from), Date.parse(to)) / HOUR).to.equal(hours);
    });
  }

  it("does not depend on the zone of the process", () => {
    const zone = process.env.TZ;
    try {
      for (const name of ["America/St_Johns", "Pacific/Auckland"]) {
        process.env.TZ = name;
        expect(
          workingMsBetween(berlin, Date.parse("2026-03-27T15:00:00Z"), Date.parse("2026-03-30T08:00:00Z")),
        ).to.equal(2 * HOUR);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});

describe("desk: the clock of a request", () => {
  const started = { submittedAt: "2026-03-02T09:00:00.000Z" };
  const by = { email: "olga@example.com" };
  const contact = (at: string) => ({ ...started, contact: { at, by } });
  const clock = (changes: Partial<Parameters<typeof requestClock>[0]>, now: string) =>
    requestClock(
      { state: "In Progress" as RequestState, vendor: started, pauses: [], closedAt: undefined, ...changes },
      NINE_TO_FIVE,
      now,
    );

  it("has not started before the vendor holds the request", () => {
    expect(clock({ vendor: undefined }, "2026-03-02T09:00:00.000Z")).to.deep.equal({ state: "notStarted" });
  });

  it("runs, and says when it is due and what is left", () => {
    expect(clock({}, "2026-03-02T10:00:00.000Z")).to.deep.equal({
      startedAt: "2026-03-02T09:00:00.000Z",
      dueAt: "2026-03-04T17:00:00.000Z",
      workingSecondsLeft: 23 * 3_600,
      state: "running",
    });
  });

  it("is met by a contact at the last second", () => {
    expect(clock({ vendor: contact("2026-03-04T17:00:00.000Z") }, "2026-03-09T09:00:00.000Z")).to.include({
      state: "met",
      workingSecondsLeft: 0,
    });
  });

  it("is breached by a contact one working second later", () => {
    expect(clock({ vendor: contact("2026-03-05T09:00:01.000Z") }, "2026-03-09T09:00:00.000Z")).to.include({
      state: "breached",
      workingSecondsLeft: -1,
    });
  });

  it("is met by a contact in the night after the last second, since no working time has passed", () => {
    expect(clock({ vendor: contact("2026-03-05T03:00:00.000Z") }, "2026-03-09T09:00:00.000Z").state).to.equal("met");
  });

  it("is breached while nobody makes contact", () => {
    expect(clock({}, "2026-03-05T10:00:00.000Z")).to.include({ state: "breached", workingSecondsLeft: -3_600 });
  });

  it("stands while it is paused, and knows no due date", () => {
    const paused = clock({ pauses: [{ from: "2026-03-02T13:00:00.000Z" }] }, "2026-03-20T09:00:00.000Z");
    expect(paused).to.include({
      state: "paused",
      pausedSince: "2026-03-02T13:00:00.000Z",
      workingSecondsLeft: 20 * 3_600,
    });
    expect(paused).not.to.have.property("dueAt");
  });

  it("moves its due date by the working time for which it stood", () => {
    const pauses = [
      { from: "2026-03-02T13:00:00.000Z", to: "2026-03-03T11:00:00.000Z" },
      { from: "2026-03-03T12:00:00.000Z", to: "2026-03-03T14:00:00.000Z" },
    ];
    expect(clock({ pauses }, "2026-03-03T15:00:00.000Z")).to.include({
      state: "running",
      dueAt: "2026-03-05T17:00:00.000Z",
      workingSecondsLeft: 18 * 3_600,
    });
  });

  it("stays breached when it is paused too late", () => {
    expect(clock({ pauses: [{ from: "2026-03-05T12:00:00.000Z" }] }, "2026-03-06T12:00:00.000Z")).to.include({
      state: "breached",
      dueAt: "2026-03-04T17:00:00.000Z",
      workingSecondsLeft: -3 * 3_600,
    });
  });

  it("counts completion in time as the vendor's answer", () => {
    expect(
      clock({ state: "Completed", closedAt: "2026-03-03T09:00:00.000Z" }, "2026-03-20T09:00:00.000Z").state,
    ).to.equal("met");
  });

  it("runs no further once the request is withdrawn", () => {
    expect(clock({ state: "Withdrawn", closedAt: "2026-03-02T11:00:00.000Z" }, "2026-03-20T09:00:00.000Z")).to.include({
      state: "paused",
      workingSecondsLeft: 22 * 3_600,
    });
  });
});
