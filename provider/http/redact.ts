/** Takes secret values out of any text that a person or a log may see. */
export type Redactor = (text: string) => string;

const PLACEHOLDER = "[redacted]";

/** Shorter than this, a form would be found in words that have nothing to do with the secret. */
const SHORTEST_FORM = 8;

/** Knows each secret as it is, as an address or JSON carries it, in hex, and in base64 wherever in the encoded text it stands. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret === "") continue;
    forms.add(secret);
    for (const form of formsOf(secret)) if (form.length >= SHORTEST_FORM) forms.add(form);
  }
  // The longest first, or a secret that contains another would be left by half.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((redacted, form) => redacted.replaceAll(form, PLACEHOLDER), text);
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const inAddress = encodeURIComponent(secret);
  return [
    inAddress,
    inAddress.replace(/%../g, (code) => code.toLowerCase()),
    new URLSearchParams({ "": secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    ...([0, 1, 2] as const).flatMap((shift) => [within(bytes, shift, "base64"), within(bytes, shift, "base64url")]),
  ];
}

/** The letters that stand for these bytes alone in base64 of more, as of "Bearer <token>": a group may begin at any of three places. */
function within(bytes: Buffer, shift: 0 | 1 | 2, encoding: "base64" | "base64url"): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString(encoding);
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

/** Another side's words on one short line, fit for a message. */
export function oneLine(text: string, mostCharacters = 200): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters - 1)}…`;
}
