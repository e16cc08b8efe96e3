/** Secrets that can't be mistaken for anything else, and a search for them in every form that bytes could hide them in. */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { constants, gunzipSync, inflateSync } from "node:zlib";

/** Where a secret was found, without the secret. */
export interface Finding {
  /** The credential or field that it was planted in. */
  readonly place: string;
  readonly form: Form;
  /** A file below the scanned folder, or what the caller named. */
  readonly where: string;
  readonly offset: number;
}

export type Form = keyof typeof FORMS;

/** Enough of a secret to be told from other text. */
const PART = 14;

/** Ways in which a secret may be written; a word for each text that it would then be. */
const FORMS = {
  plain: (secret) => [utf8(secret)],
  base64: (secret) => aligned(secret, "base64"),
  base64url: (secret) => aligned(secret, "base64url"),
  hex: (secret) => [utf8(utf8(secret).toString("hex"))],
  "hex in capitals": (secret) => [utf8(utf8(secret).toString("hex").toUpperCase())],
  "url-encoded": (secret) => [utf8(encodeURIComponent(secret)), utf8(lowerPercents(encodeURIComponent(secret)))],
  "form-encoded": (secret) => [utf8(new URLSearchParams([["", secret]]).toString().slice(1))],
  "json-escaped": (secret) => [utf8(quoted(secret))],
  "json-escaped twice": (secret) => [utf8(quoted(quoted(secret)))],
  "html-escaped": (secret) => [utf8(htmlEscaped(secret))],
  "go-escaped": (secret) => [utf8(goEscaped(secret))],
  "utf-16 little-endian": (secret) => [Buffer.from(secret, "utf16le")],
  "utf-16 big-endian": (secret) => [Buffer.from(secret, "utf16le").swap16()],
  // As a message that was cut to a length may end with it, and a line that was may begin.
  "in part": (secret) => [utf8(secret.slice(0, PART)), utf8(secret.slice(-PART))],
} as const satisfies Readonly<Record<string, (secret: string) => readonly Buffer[]>>;

/** Names of all forms. */
export const CANARY_FORMS = Object.keys(FORMS) as readonly Form[];

interface Needle {
  readonly bytes: Buffer;
  readonly place: string;
  readonly form: Form;
}

/** The secrets of one test run. */
export class Canaries {
  private readonly planted = new Map<string, string>();
  /** By their first four bytes: one pass finds all. */
  private readonly needles = new Map<number, Needle[]>();
  /** Which pairs those four bytes end with: most positions need no look at the map. */
  private readonly ends = new Uint8Array(65_536);

  get places(): readonly string[] {
    return [...this.planted.keys()];
  }

  secretOf(place: string): string {
    const secret = this.planted.get(place);
    if (secret === undefined) throw new Error(`There is no canary in ${place}.`);
    return secret;
  }

  /** A secret for this place: printable, without spaces, and with letters that each encoding writes in its own way. */
  make(place: string): string {
    const digest = createHash("sha256").update(`canary of ${place}`).digest("hex").slice(0, 24);
    return this.plant(place, `canary-${digest}/+"<&\\=~~~~~${digest.slice(0, 6)}`);
  }

  /** A secret that somebody else has made. */
  plant(place: string, secret: string): string {
    if (this.planted.has(place)) throw new Error(`There is a canary in ${place} already.`);
    if (secret.length < PART) throw new Error(`The canary in ${place} is too short to be told from other text.`);
    this.planted.set(place, secret);
    for (const form of CANARY_FORMS) {
      for (const bytes of FORMS[form](secret)) {
        const key = bytes.readUInt32BE(0);
        const known = this.needles.get(key) ?? [];
        this.needles.set(key, known);
        this.ends[key & 0xffff] = 1;
        // Many secrets are the same in several forms; the first names it.
        if (!known.some((needle) => needle.bytes.equals(bytes))) known.push({ bytes, place, form });
      }
    }
    return secret;
  }

  /** Every place in these bytes, also in what is compressed or wrapped into lines in them. */
  search(bytes: Buffer | string, where: string): readonly Finding[] {
    const buffer = typeof bytes === "string" ? utf8(bytes) : bytes;
    const unwrapped = withoutLineBreaks(buffer);
    return [
      ...this.pass(buffer, where),
      ...(unwrapped === undefined ? [] : this.pass(unwrapped, `${where} (its lines joined)`)),
      ...unpacked(buffer).flatMap((inner) => this.search(inner, `${where} (unpacked)`)),
    ];
  }

  /** Every place in the files below a folder: contents, names, and what links point to. */
  scan(folder: string): { readonly files: number; readonly bytes: number; readonly findings: readonly Finding[] } {
    const findings: Finding[] = [];
    let [files, bytes] = [0, 0];
    for (const path of below(folder)) {
      const where = relative(folder, path) || path;
      findings.push(...this.search(where, `the name of ${where}`));
      const link = lstatSync(path);
      if (!link.isFile() && !link.isSymbolicLink()) continue;
      const content = link.isSymbolicLink() ? utf8(readlinkSync(path)) : readFileSync(path);
      files += 1;
      bytes += content.length;
      findings.push(...this.search(content, where));
    }
    return { files, bytes, findings };
  }

  private pass(bytes: Buffer, where: string): readonly Finding[] {
    const findings: Finding[] = [];
    let window = 0;
    for (let end = 0; end < bytes.length; end++) {
      window = ((window << 8) | (bytes[end] ?? 0)) >>> 0;
      if (end < 3 || this.ends[window & 0xffff] === 0) continue;
      const candidates = this.needles.get(window);
      if (candidates === undefined) continue;
      const offset = end - 3;
      // The whole secret comes before its parts.
      const found = candidates.find(
        ({ bytes: needle }) =>
          bytes.compare(needle, 0, needle.length, offset, Math.min(offset + needle.length, bytes.length)) === 0,
      );
      if (found !== undefined) findings.push({ place: found.place, form: found.form, where, offset });
    }
    return findings;
  }
}

/** One line for each finding, for a test's message. */
export function toldFindings(findings: readonly Finding[]): string {
  return findings.map(({ place, form, where, offset }) => `${place} is in ${where} at ${offset}, ${form}`).join("\n");
}

function* below(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    yield path;
    if (entry.isDirectory()) yield* below(path);
  }
}

function utf8(text: string): Buffer {
  return Buffer.from(text, "utf8");
}

/** The letters that any text has in base64 which holds the secret, at each of the three places where a group may begin. */
function aligned(secret: string, encoding: "base64" | "base64url"): readonly Buffer[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), utf8(secret)]).toString(encoding);
    const first = Math.ceil((shift * 8) / 6);
    const last = Math.floor(((shift + utf8(secret).length) * 8) / 6);
    return utf8(text.slice(first, last));
  });
}

function lowerPercents(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function htmlEscaped(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" })[letter] ?? letter,
  );
}

/** As Go's JSON writes it: with &, < and > as numbers. */
function goEscaped(text: string): string {
  return quoted(text).replace(/[&<>]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
}

/** Base64 and hex are often wrapped; undefined where there are no lines. */
function withoutLineBreaks(bytes: Buffer): Buffer | undefined {
  if (!bytes.includes(0x0a)) return undefined;
  const joined = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (const byte of bytes) {
    if (byte !== 0x0a && byte !== 0x0d) joined[length++] = byte;
  }
  return joined.subarray(0, length);
}

/** What was compressed as a whole: by gzip or zlib. */
function unpacked(bytes: Buffer): readonly Buffer[] {
  const [first, second] = bytes;
  const isGzip = first === 0x1f && second === 0x8b;
  const isZlib = first === 0x78 && second !== undefined && (0x78 * 256 + second) % 31 === 0;
  const ways = isGzip ? [gunzipSync] : isZlib ? [inflateSync] : [];
  return ways.flatMap((way) => {
    try {
      // What a killed process has left may be cut off.
      return [way(bytes, { finishFlush: constants.Z_SYNC_FLUSH })];
    } catch {
      // It only began like one.
      return [];
    }
  });
}
