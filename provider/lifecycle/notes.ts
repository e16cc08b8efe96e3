/**
 * Why something leaves, and who asks. In this order: the fleet file's `leaving:` notes, configuration, the commit that changed the fleet
 * file. Whoever wrote, committed or merged that commit counts as requester besides; a bot is nobody.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fullFormats } from "ajv-formats/dist/formats";
import { ProviderError } from "../errors";
import type { LeavingNote, LicenceDisposition, Requester } from "../generated/types";
import { leavingNote as isLeavingNote } from "../generated/validators";
import { folded } from "../names";
import type { SubjectRef } from "../platforms/platform";
import { inWords } from "./words";

export interface LeavingReason {
  readonly reason: string;
  /** At least one, and none of them a bot. */
  readonly requesters: readonly Requester[];
  readonly licence?: LicenceDisposition;
}

export interface LeavingNotes {
  /** Undefined where nobody says why. A note for the product, by any of its names, comes before one for the whole subject. */
  find(subject: SubjectRef, products: readonly string[], connection: string): LeavingReason | undefined;
  /** Who asks for what the program declares: by configuration and by commit; a bot is nobody. */
  askers(): readonly Requester[];
}

export interface NoteSources {
  readonly fleetFile?: string;
  readonly reason?: string;
  readonly requester?: string;
}

/** Reads the sources when first asked, and once. */
export function leavingNotes(sources: NoteSources): LeavingNotes {
  let read: { readonly notes: readonly LeavingNote[]; readonly commit: Commit | undefined } | undefined;
  const sourcesRead = () => {
    read ??=
      sources.fleetFile === undefined
        ? { notes: [], commit: undefined }
        : { notes: readNotes(sources.fleetFile), commit: lastCommit(sources.fleetFile) };
    return read;
  };
  return {
    find(subject, products, connection) {
      const { notes, commit } = sourcesRead();
      const people = commit?.people ?? [];
      const ofSubject = notes.filter(
        (note) => matches(note, subject) && (note.platform === undefined || note.platform === connection),
      );
      const wanted = new Set(products.map(folded));
      const note =
        ofSubject.find((n) => n.product !== undefined && wanted.has(folded(n.product))) ??
        ofSubject.find((n) => n.product === undefined);
      if (note !== undefined) {
        return answer(
          note.reason,
          [
            {
              email: note.requester,
              ...(note.requesterName === undefined ? {} : { name: note.requesterName }),
              via: "note",
            },
            ...people,
          ],
          note.licence,
        );
      }
      if (sources.reason !== undefined && sources.requester !== undefined) {
        return answer(sources.reason, [{ email: sources.requester, via: "configuration" }, ...people]);
      }
      return commit?.reason === undefined ? undefined : answer(commit.reason, people);
    },
    askers() {
      const configured: Requester[] =
        sources.requester === undefined ? [] : [{ email: sources.requester, via: "configuration" }];
      return humans([...configured, ...(sourcesRead().commit?.people ?? [])]);
    },
  };
}

function answer(
  reason: string,
  requesters: readonly Requester[],
  licence?: LicenceDisposition,
): LeavingReason | undefined {
  const people = humans(requesters);
  return people.length === 0
    ? undefined
    : { reason, requesters: people, ...(licence === undefined ? {} : { licence }) };
}

function humans(requesters: readonly Requester[]): readonly Requester[] {
  const byEmail = new Map<string, Requester>();
  for (const requester of requesters) {
    const email = folded(requester.email);
    if (!isBot(email) && !byEmail.has(email)) byEmail.set(email, { ...requester, email });
  }
  return [...byEmail.values()];
}

function matches(note: LeavingNote, subject: SubjectRef): boolean {
  if (note.owner !== undefined) return subject.kind === "owner" && folded(note.owner) === folded(subject.key);
  if (note.customer === undefined || subject.kind !== "customer") return false;
  const customer = folded(note.customer);
  return customer === folded(subject.name) || customer === folded(subject.key);
}

/** Git takes any text for an address; the desk does not, and nobody can verify under one that is none. */
function isAddress(email: string): boolean {
  return (fullFormats.email as RegExp).test(email);
}

function isBot(email: string): boolean {
  return email.includes("[bot]") || email === "noreply@github.com";
}

function readNotes(file: string): readonly LeavingNote[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ProviderError(
      "validation",
      `The fleet file ${file} can't be read, so nobody says why something leaves.\nCorrect msp:fleetFile or MSP_FLEET_FILE.`,
      { operation: "read leaving notes", cause },
    );
  }
  // Loaded here only: a run in which nothing leaves reads no notes.
  const { parse } = require("yaml") as typeof import("yaml");
  let notes: unknown;
  try {
    notes = (parse(text, { merge: true, maxAliasCount: -1 }) as { leaving?: unknown } | null)?.leaving ?? [];
  } catch (cause) {
    throw new ProviderError(
      "validation",
      `The fleet file ${basename(file)} is not valid YAML${atLine(cause)}, so its leaving notes can't be read.\nCorrect it there.`,
      { operation: "read leaving notes", cause },
    );
  }
  const wrong = Array.isArray(notes) ? mistakeIn(notes) : "`leaving:` is no list of notes";
  if (wrong !== undefined) {
    throw new ProviderError(
      "validation",
      `The notes of ${basename(file)} on what leaves can't be read: ${wrong.endsWith("?") ? wrong : `${wrong}.`}\nWrite each as {owner or customer, product, reason, requester}.`,
      { operation: "read leaving notes" },
    );
  }
  return notes as readonly LeavingNote[];
}

/** The first note that is none, and why. */
function mistakeIn(notes: readonly unknown[]): string | undefined {
  const index = notes.findIndex((note) => !isLeavingNote(note));
  if (index === -1) return undefined;
  isLeavingNote(notes[index]);
  const reasons = new Set((isLeavingNote.errors ?? []).map((error) => inWords(error)));
  return `leaving[${index}]: ${[...reasons].filter((reason) => reason !== undefined).join("; ")}`;
}

function atLine(error: unknown): string {
  const [position] = (error as { readonly linePos?: readonly { readonly line: number }[] }).linePos ?? [];
  return position === undefined ? "" : ` at line ${position.line}`;
}

interface Commit {
  readonly reason: string | undefined;
  readonly people: readonly Requester[];
}

/** The commit that last changed the file; undefined outside a repository, or where the file differs from what is committed. */
function lastCommit(file: string): Commit | undefined {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", dirname(file), ...args], {
      encoding: "utf8",
      timeout: 10_000,
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    if (git("status", "--porcelain", "--", basename(file)) !== "") return undefined;
    const change = git("log", "-1", "--format=%H", "--", basename(file));
    if (change === "") return undefined;
    const [authorName = "", author = "", committerName = "", committer = "", ...message] = git(
      "show",
      "-s",
      "--format=%an%n%ae%n%cn%n%ce%n%B",
      change,
    ).split("\n");
    const people: Requester[] = [
      { email: author, name: authorName, via: "author" },
      { email: committer, name: committerName, via: "committer" },
    ];
    const merger = mergerOf(git, change);
    if (merger !== undefined) people.push(merger);
    const reason = message
      .map((line) => /^Leaving-Reason:\s*(\S.*)$/i.exec(line)?.[1])
      .find((match) => match !== undefined);
    return { reason, people: people.filter((person) => isAddress(person.email)) };
  } catch {
    // No git, or no repository: the other sources remain.
    return undefined;
  }
}

/** Who merged the branch of a change: the first commit of the main line that has it. One that was made on the main line itself was merged by nobody. */
function mergerOf(git: (...args: string[]) => string, change: string): Requester | undefined {
  const having = new Set(git("rev-list", "--ancestry-path", `${change}..HEAD`).split("\n"));
  const mainLine = git(
    "log",
    "--first-parent",
    "--reverse",
    "--format=%H%x09%P%x09%an%x09%ae",
    `${change}..HEAD`,
  ).split("\n");
  const [, parents = "", name = "", email = ""] =
    mainLine.map((line) => line.split("\t")).find(([hash = ""]) => having.has(hash)) ?? [];
  return email === "" || parents.split(" ")[0] === change ? undefined : { email, name, via: "merger" };
}
