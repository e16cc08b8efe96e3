/** A name as platforms compare it: without regard to case, to how its accents are composed, and to blanks around it. */
export function folded(text: string): string {
  return text.normalize("NFC").trim().toLowerCase();
}
