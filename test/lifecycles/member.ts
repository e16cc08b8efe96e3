/** A stack and its program. */
import type { Stack } from "./engine";
import { type Edit, edited, type Program } from "./program";

/** A stack with the program that it runs. */
export interface Member {
  readonly stack: Stack;
  program: Program;
  /** What the program declared of each subject before it was last changed. */
  was: Program;
}

/** Somebody changes the program, and runs nothing yet. */
export function edit(member: Member, change: Edit): void {
  const before = member.program;
  member.program = edited(before, change, member.was);
  const draft = before.get(change.subject);
  if (member.program !== before && draft !== undefined) member.was = new Map([...member.was, [change.subject, draft]]);
}
