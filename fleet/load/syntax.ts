import { type Document, isScalar, visit, type YAMLError } from "yaml";

/** A mistake at an offset of the text. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly wrong: string;
  readonly right: string;
}

type Words = Omit<SyntaxProblem, "offset">;

const WORDS: Readonly<Record<string, Words>> = {
  TAB_AS_INDENT: { wrong: "the line is indented with a tab", right: "indent with spaces" },
  BLOCK_AS_IMPLICIT_KEY: {
    wrong: "the text has a second colon, or the next line is indented deeper than it",
    right: "put a text that holds a colon in quotes, and begin keys of one entry at the same column",
  },
  MULTILINE_IMPLICIT_KEY: {
    wrong: "the line is not of the form `key: value`",
    right: "write the colon and a space after the key",
  },
  BAD_SCALAR_START: { wrong: "the text begins with a character of YAML's own", right: "put the text in quotes" },
  BAD_DQ_ESCAPE: {
    wrong: "the backslash begins an escape that YAML does not know",
    right: "write the backslash twice, or use single quotes",
  },
  RESOURCE_EXHAUSTION: { wrong: "the brackets are nested too deeply", right: "take the inner ones out" },
  MULTIPLE_ANCHORS: { wrong: "the value has two anchors", right: "keep one" },
  TAG_RESOLVE_FAILED: {
    wrong: "the value has a tag, and a fleet file knows none",
    right: "take the word with the ! out, or put the text in quotes",
  },
  BAD_DIRECTIVE: {
    wrong: "the line is a directive, and a fleet file knows none",
    right: "take the line with the % out",
  },
};

/** Where one code means several things, the parser's message tells them apart. */
const FINER_WORDS: readonly { readonly message: RegExp; readonly words: Words; readonly atOpening?: true }[] = [
  {
    message: /closing .quote/,
    words: { wrong: "the quoted text has no end", right: "add the closing quote" },
    atOpening: true,
  },
  {
    message: /end with a [\]}]/,
    words: { wrong: "the bracket is never closed", right: "add the closing bracket" },
    atOpening: true,
  },
  {
    message: /without - indicator/,
    words: {
      wrong: "the line stands between the entries of a list",
      right: "begin it with a dash, or indent it like the keys above",
    },
  },
  {
    message: /need to be followed by map values/,
    words: { wrong: "the key has no colon", right: "write a colon and a space after it" },
  },
];

/** A document with many of them has one cause; most of the parser's come of its first. */
const MOST = 20;
const MOST_LOOKED_AT = 200;

/** What the parser has against a document, in plain words, one for each line at most. */
export function syntaxProblems(
  document: Document.Parsed,
  lineOf: (offset: number) => number,
): readonly SyntaxProblem[] {
  const byLine = new Map<number, SyntaxProblem>();
  let openingTold = false;
  for (const error of [...document.errors, ...document.warnings].slice(0, MOST_LOOKED_AT)) {
    const { atOpening, words } = inWords(error);
    // The first that is never closed swallows what follows; the parser's further ones are not the writer's.
    if (atOpening && openingTold) continue;
    openingTold ||= atOpening;
    const offset = atOpening ? openingBefore(document, error.pos[0]) : error.pos[0];
    const line = lineOf(offset);
    if (!byLine.has(line) && byLine.size < MOST) byLine.set(line, { offset, ...words });
  }
  return [...byLine.values()];
}

function inWords(error: YAMLError): { readonly words: Words; readonly atOpening: boolean } {
  const finer = FINER_WORDS.find(({ message }) => message.test(error.message));
  if (finer !== undefined) return { words: finer.words, atOpening: finer.atOpening === true };
  const words = WORDS[error.code] ?? {
    wrong: `the line is not valid YAML (${error.message})`,
    right: "correct the line",
  };
  return { words, atOpening: false };
}

/** Where the quoted text or bracket begins that is still open at `offset`: the parser notices only where it should have ended. */
function openingBefore(document: Document.Parsed, offset: number): number {
  let opening = offset;
  visit(document, {
    Scalar: (_, node) => {
      if (node.type?.startsWith("QUOTE") && reaches(node.range)) opening = node.range?.[0] ?? offset;
    },
    Collection: (_, node) => {
      if (!isScalar(node) && node.flow && reaches(node.range)) opening = node.range?.[0] ?? offset;
    },
  });
  return opening;

  function reaches(range: readonly [number, number, number] | null | undefined): boolean {
    return range !== null && range !== undefined && range[0] < offset && range[1] >= offset;
  }
}
