import { expect } from "chai";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFleet } from "../../../fleet/load/load";
import { describeProblem } from "../../../fleet/load/problem";

const TEXT = "version: 1\ncustomers:\n  - key: acme\n    name: Café Acme\n    platform: shield\n";

describe("fleet file on disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function problemsOf(content: string | Buffer): readonly string[] {
    const path = join(folder, "fleet.yaml");
    writeFileSync(path, content);
    return problemsAt(path);
  }

  function problemsAt(path: string): readonly string[] {
    return readFleet(path).problems.map((problem) => describeProblem(problem).replace(folder, "folder"));
  }

  it("is read as UTF-8", () => {
    expect(problemsOf(TEXT)).to.deep.equal([]);
  });

  it("may begin with a byte order mark", () => {
    expect(problemsOf(`\ufeff${TEXT}`)).to.deep.equal([]);
  });

  const WRONG: readonly {
    readonly title: string;
    readonly reason: string;
    readonly bytes: Buffer;
    readonly problem: string;
  }[] = [
    {
      title: "Latin-1",
      reason: "the place is the first letter that is not ASCII",
      bytes: Buffer.from(TEXT, "latin1"),
      problem: "4:14: the text from here on is not UTF-8, but Latin-1 or another old encoding; save the file as UTF-8",
    },
    {
      title: "UTF-16 with a mark",
      reason: "Windows editors write it",
      bytes: Buffer.from(`\ufeff${TEXT}`, "utf16le"),
      problem: "1:1: the file is saved as UTF-16; save it as UTF-8",
    },
    {
      title: "UTF-16 without a mark",
      reason: "every other byte is zero",
      bytes: Buffer.from(TEXT, "utf16le"),
      problem: "1:1: the file is saved as UTF-16; save it as UTF-8",
    },
    {
      title: "UTF-16 of the other byte order",
      reason: "the zero comes first",
      bytes: Buffer.from(TEXT, "utf16le").swap16(),
      problem: "1:1: the file is saved as UTF-16; save it as UTF-8",
    },
    {
      title: "a control character",
      reason: "the file is no text, or is damaged",
      bytes: Buffer.from(TEXT.replace("Acme", "\u0000Acme")),
      problem: "4:16: the text holds the control character U+0000; take it out; a fleet file is plain text in UTF-8",
    },
  ];
  for (const { title, reason, bytes, problem } of WRONG) {
    it(`tells ${title}: ${reason}`, () => {
      expect(problemsOf(bytes)).to.deep.equal([`folder/fleet.yaml:${problem}`]);
    });
  }

  it("refuses a file of 50 MiB by its size, without reading it", () => {
    const path = join(folder, "fleet.yaml");
    writeFileSync(path, "version: 1\n");
    truncateSync(path, 50 * 1024 * 1024);
    // The file is full of zero bytes, which a reader would have complained of.
    expect(problemsAt(path)).to.deep.equal([
      "folder/fleet.yaml: the file is 50 MiB large; at most 20 MiB are read, which is some 20,000 customers; split the fleet",
    ]);
  });

  it("refuses a text of that size from elsewhere, too", () => {
    expect(
      readFleet({ text: " ".repeat(21 * 1024 * 1024), file: "standard input" }).problems.map(describeProblem),
    ).to.deep.equal([
      "standard input: the file is 21 MiB large; at most 20 MiB are read, which is some 20,000 customers; split the fleet",
    ]);
  });

  it("tells when there is no such file", () => {
    expect(problemsAt(join(folder, "flete.yaml"))).to.deep.equal([
      "folder/flete.yaml: there is no such file; correct the path, or create the file",
    ]);
  });

  it("tells when the path is a folder", () => {
    expect(problemsAt(folder)).to.deep.equal(["folder: the path leads to a folder; name the fleet file in it"]);
  });
});
