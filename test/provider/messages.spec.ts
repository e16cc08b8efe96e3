import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { expectReadable } from "../support/thrown";

const ROOT = join(__dirname, "..", "..");
/** Stands for whatever is filled in: a name, or a sentence of somebody else's. */
const FILLED = "What is filled in.";

interface Message {
  readonly at: string;
  readonly text: string;
}

/** The messages that the code makes errors of, with what is filled in left open. */
function messagesOf(file: string): readonly Message[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2023, true);
  const found: Message[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === "ProviderError") {
      const text = textOf(node.arguments?.[1]);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (text !== undefined) found.push({ at: `${relative(ROOT, file)}:${line + 1}`, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function textOf(node: ts.Expression | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => FILLED + span.literal.text).join("");
}

describe("every error that this package makes", () => {
  const files = readdirSync(join(ROOT, "provider"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("generated"))
    .map((file) => join(ROOT, "provider", file));
  const messages = files.flatMap(messagesOf);

  it("is found by this test", () => {
    expect(messages.length).to.be.greaterThan(50);
  });

  it("is at most three lines, of which the first stands alone", () => {
    const wrong = messages.flatMap(({ at, text }) => {
      try {
        expectReadable(text);
        return [];
      } catch (error) {
        return [`${at}: ${(error as Error).message}`];
      }
    });
    expect(wrong).to.deep.equal([]);
  });
});
