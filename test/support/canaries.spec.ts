import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { Canaries, CANARY_FORMS, type Form, toldFindings } from "./canaries";
import { TemporaryFolder } from "./folder";

const NOISE = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 256));

/** Each form, written by something else than the search. */
const WRITERS: Readonly<Record<Form, readonly ((secret: string) => Buffer | string)[]>> = {
  plain: [(secret) => `Authorization: Bearer ${secret}\n`],
  base64: ["", "x", "xy"].map((before) => (secret: string) => btoa(`${before}${secret} and more`)),
  base64url: ["", "x", "xy"].map(
    (before) => (secret: string) => Buffer.from(`${before}${secret} and more`).toString("base64url"),
  ),
  hex: [(secret) => `0x${[...secret].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("")}`],
  "hex in capitals": [(secret) => Buffer.from(secret).toString("hex").toUpperCase()],
  "url-encoded": [
    (secret) => new URL(`https://x.example/?q=${encodeURIComponent(secret)}`).href,
    (secret) => encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  ],
  "form-encoded": [(secret) => new URLSearchParams({ token: secret }).toString()],
  "json-escaped": [(secret) => JSON.stringify({ token: secret })],
  "json-escaped twice": [(secret) => JSON.stringify({ body: JSON.stringify({ token: secret }) })],
  "html-escaped": [
    (secret) =>
      secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&#34;"),
  ],
  "go-escaped": [
    (secret) => JSON.stringify(secret).replaceAll("&", "\\u0026").replaceAll("<", "\\u003c").replaceAll(">", "\\u003e"),
  ],
  "utf-16 little-endian": [(secret) => Buffer.from(secret, "utf16le")],
  "in part": [(secret) => `${secret.slice(0, 20)}…`, (secret) => `…${secret.slice(-16)}`],
  "utf-16 big-endian": [(secret) => Buffer.from([...secret].flatMap((letter) => [0, letter.charCodeAt(0)]))],
};

describe("the search for canaries", () => {
  let canaries: Canaries;
  let secret: string;
  let folder: TemporaryFolder;

  beforeEach(() => {
    canaries = new Canaries();
    secret = canaries.make("the access token");
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.remove());

  const found = () => canaries.scan(folder.path).findings;

  for (const form of CANARY_FORMS) {
    for (const [n, write] of WRITERS[form].entries()) {
      it(`finds one that is ${form}, in the middle of other bytes (${n + 1})`, () => {
        const bytes = Buffer.concat([NOISE, Buffer.from(write(secret) as string), NOISE]);
        expect(canaries.search(bytes, "a log").map((finding) => finding.form)).to.include(form);
      });
    }
  }

  const kinds: readonly (readonly [string, (text: Buffer) => void])[] = [
    ["a file", (text) => writeFileSync(folder.at("log"), text)],
    [
      "a hidden folder below others",
      (text) => {
        mkdirSync(folder.at("a/.hidden/b"), { recursive: true });
        writeFileSync(folder.at("a/.hidden/b/.history"), text);
      },
    ],
    ["a file packed by gzip", (text) => writeFileSync(folder.at("state.json.gz"), gzipSync(text))],
    [
      "a packed file that was cut off",
      (text) => writeFileSync(folder.at("cut.gz"), gzipSync(Buffer.concat([text, NOISE])).subarray(0, 3_000)),
    ],
    ["a file packed twice", (text) => writeFileSync(folder.at("twice"), gzipSync(deflateSync(text)))],
    [
      "base64 in lines",
      (text) => {
        const lines = text.toString("base64").match(/.{1,76}/g) ?? [];
        writeFileSync(folder.at("mail.eml"), lines.join("\r\n"));
      },
    ],
    ["a file's name", () => writeFileSync(folder.at(encodeURIComponent(secret)), "")],
    ["a folder's name", () => mkdirSync(folder.at(encodeURIComponent(secret)))],
    ["what a link points to", () => symlinkSync(`/nowhere/${secret}`, folder.at("link"))],
  ];
  for (const [kind, write] of kinds) {
    it(`finds one in ${kind}`, () => {
      expect(found()).to.deep.equal([]);
      write(Buffer.concat([NOISE.subarray(0, 1_000), Buffer.from(`token: ${secret}\n`)]));
      expect(found().map(({ place }) => place)).to.include("the access token");
    });
  }

  it("tells several from each other, with their places and never with their text", () => {
    const other = canaries.plant("the desk's token", "msp_abcdefghijklmnopqrstuvwxyz");
    writeFileSync(folder.at("log"), `${other} ${secret}`);
    const whole = found().filter(({ form }) => form === "plain");
    expect(whole.map(({ place, offset }) => [place, offset])).to.deep.equal([
      ["the desk's token", 0],
      ["the access token", other.length + 1],
    ]);
    const told = toldFindings(found());
    expect(told).to.contain("the access token is in log at 31, plain");
    expect(told).to.not.contain(secret).and.to.not.contain(other);
  });

  it("finds none where there is none, nor a few letters of one", () => {
    writeFileSync(folder.at("noise"), NOISE);
    writeFileSync(folder.at("cut"), secret.slice(0, 10));
    writeFileSync(folder.at("empty"), "");
    expect(canaries.scan(folder.path)).to.deep.include({ files: 3, findings: [] });
  });

  it("takes no second canary for one place, and none that is too short to be told from other text", () => {
    expect(() => canaries.make("the access token")).to.throw("already");
    expect(() => canaries.plant("a pin", "1234567")).to.throw("too short");
  });
});
