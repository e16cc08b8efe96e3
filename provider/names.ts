/** A name in a message: what nobody would see of it, or what would turn the line around, as its code. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}

/** A name as platforms compare it: without regard to case, to how its accents are composed, and to blanks around it. */
export function folded(text: string): string {
  return text.normalize("NFC").trim().toLowerCase();
}
