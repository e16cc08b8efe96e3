import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";

/** A path, or text that came some other way together with the name that messages give it. */
export type FleetSource = string | { readonly text: string; readonly file: string };

/** A failure to get at the text; line and column where there are any. */
export interface SourceProblem {
  readonly line?: number;
  readonly column?: number;
  readonly wrong: string;
  readonly right: string;
}

export type SourceText = { readonly text: string } | { readonly problem: SourceProblem };

const MEBIBYTE = 1024 * 1024;

/**
 * 10,000 customers, each with a company, a first user and three owners of two products, are 10 MiB; reading takes about 80 bytes of
 * memory a byte, so that a file of this size still fits into Node's default heap.
 */
export const LARGEST_FILE_MIB = 20;

const READ_FAILURES: Readonly<Record<string, { readonly wrong: string; readonly right: string }>> = {
  ENOENT: { wrong: "there is no such file", right: "correct the path, or create the file" },
  EISDIR: { wrong: "the path leads to a folder", right: "name the fleet file in it" },
  EACCES: { wrong: "the file can't be read for lack of permission", right: "allow this user to read it" },
  EPERM: { wrong: "the file can't be read for lack of permission", right: "allow this user to read it" },
};

/** A character that no YAML file may hold: a sign that the file is no text, or was saved in another encoding. */
const CONTROL_CHARACTER = /(?![\t\n\r\u0085])\p{Cc}/u;

/** Reads the text of a fleet file; the size is looked at before anything is read. */
export function readSource(source: FleetSource): SourceText {
  if (typeof source !== "string") return checkText(source.text);
  let bytes: Buffer;
  try {
    const file = openSync(source, "r");
    try {
      const { size } = fstatSync(file);
      if (size > LARGEST_FILE_MIB * MEBIBYTE) return tooLarge(size);
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return {
      problem: READ_FAILURES[code] ?? {
        wrong: `the file can't be read (${code})`,
        right: "see that it is a file on a working disk",
      },
    };
  }
  // A pipe has no size beforehand.
  if (bytes.length > LARGEST_FILE_MIB * MEBIBYTE) return tooLarge(bytes.length);
  return decode(bytes);
}

function tooLarge(size: number): SourceText {
  const mebibytes = Math.ceil(size / MEBIBYTE);
  return {
    problem: {
      wrong: `the file is ${mebibytes} MiB large`,
      right: `at most ${LARGEST_FILE_MIB} MiB are read, which is some 20,000 customers; split the fleet`,
    },
  };
}

function decode(bytes: Buffer): SourceText {
  const [first, second, third] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const unmarked =
    (first === 0 && second !== undefined) || (first !== undefined && second === 0 && third !== undefined);
  if (marked || unmarked)
    return { problem: { line: 1, column: 1, wrong: "the file is saved as UTF-16", right: "save it as UTF-8" } };
  if (!isUtf8(bytes)) return { problem: notUtf8(bytes) };
  return checkText(bytes.toString("utf8"));
}

function notUtf8(bytes: Buffer): SourceProblem {
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    const content = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(content) || end < 0) {
      const column = content.toString("utf8").indexOf("\ufffd") + 1;
      return {
        line,
        column,
        wrong: "the text from here on is not UTF-8, but Latin-1 or another old encoding",
        right: "save the file as UTF-8",
      };
    }
    start = end + 1;
  }
}

function checkText(raw: string): SourceText {
  if (raw.length > LARGEST_FILE_MIB * MEBIBYTE) return tooLarge(raw.length);
  const text = raw.startsWith("\ufeff") ? raw.slice(1) : raw;
  const found = CONTROL_CHARACTER.exec(text);
  if (found === null) return { text };
  const before = text.slice(0, found.index).split("\n");
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return {
    problem: {
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      wrong: `the text holds the control character U+${code}`,
      right: "take it out; a fleet file is plain text in UTF-8",
    },
  };
}
