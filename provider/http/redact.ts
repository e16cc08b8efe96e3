/** Takes secret values out of any text that a person or a log may see. */
export type Redactor = (text: string) => string;

const PLACEHOLDER = "[redacted]";

/** Knows each secret as it is, as an address carries it, as JSON carries it, and in base64. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret === "") continue;
    forms.add(secret);
    forms.add(encodeURIComponent(secret));
    forms.add(JSON.stringify(secret).slice(1, -1));
    forms.add(Buffer.from(secret, "utf8").toString("base64"));
  }
  // The longest first, or a secret that contains another would be left by half.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((redacted, form) => redacted.replaceAll(form, PLACEHOLDER), text);
}

/** Another side's words on one short line, fit for a message. */
export function oneLine(text: string, mostCharacters = 200): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters - 1)}…`;
}
