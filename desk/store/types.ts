/** How both engines give back what they would otherwise give back differently, or in the zone of the process. */
export const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  /** int8: a number on one engine and text on the other. */
  20: Number,
  /** date and timestamp: as they are written, in no zone. */
  1082: (text) => text,
  1114: (text) => text,
  /** timestamptz: an instant in UTC with milliseconds, as the API writes it. */
  1184: (text) => new Date(text).toISOString(),
};
