import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { backendFolder, clear, locksOf } from "../../../fleet/recover/locks";
import { TemporaryFolder } from "../../support/folder";
import { thrown } from "../../support/thrown";

const HOLDER = { pid: 4626, username: "ops", hostname: "ci-7.example", timestamp: "2026-11-25T09:10:23.073220507Z" };
const LOCKS = ".pulumi/locks";

describe("the folder of a backend", () => {
  const folders: readonly (readonly [url: string, folder: string | undefined])[] = [
    ["file:///var/state", "/var/state"],
    ["file:///var/my%20state", "/var/my state"],
    ["file:///var/state?no_tmp_dir=true", "/var/state"],
    ["file://~", homedir()],
    ["file://~/state", join(homedir(), "state")],
    ["file://.", "/project"],
    ["file://./state", "/project/state"],
    ["s3://bucket", undefined],
    ["https://api.example", undefined],
  ];
  for (const [url, folder] of folders) {
    it(`is ${folder ?? "none"} for ${url}`, () => {
      expect(backendFolder(url, "/project")).to.equal(folder);
    });
  }
});

describe("the locks of a stack", () => {
  let folder: TemporaryFolder;
  afterEach(() => folder.remove());

  it("are those of this stack alone, in both of the engine's layouts", () => {
    folder = new TemporaryFolder({
      [`${LOCKS}/organization/fleet/dev/a.json`]: JSON.stringify(HOLDER),
      [`${LOCKS}/organization/fleet/dev/a.json.attrs`]: "{}",
      [`${LOCKS}/organization/fleet/prod/b.json`]: JSON.stringify(HOLDER),
      [`${LOCKS}/organization/other/dev/c.json`]: JSON.stringify(HOLDER),
      [`${LOCKS}/dev/d.json`]: JSON.stringify({ ...HOLDER, pid: 7 }),
    });
    expect(locksOf(folder.path, "fleet", "dev")).to.deep.equal([
      { file: join(folder.path, LOCKS, "organization/fleet/dev/a.json"), holder: HOLDER },
      { file: join(folder.path, LOCKS, "dev/d.json"), holder: { ...HOLDER, pid: 7 } },
    ]);
    expect(locksOf(folder.path, "fleet", "staging")).to.deep.equal([]);
  });

  it("are taken away one by one, so that one that a run got meanwhile stays", () => {
    const [mine, other] = ["a", "b"].map((name) => `${LOCKS}/organization/fleet/dev/${name}.json`);
    folder = new TemporaryFolder({
      [mine ?? ""]: JSON.stringify(HOLDER),
      [`${mine}.attrs`]: "{}",
      [other ?? ""]: JSON.stringify(HOLDER),
    });
    const lock = { file: join(folder.path, mine ?? ""), holder: HOLDER };
    clear(lock);
    clear(lock);
    expect([mine, `${mine}.attrs`, other].map((file) => existsSync(join(folder.path, file ?? "")))).to.deep.equal([
      false,
      false,
      true,
    ]);
  });

  for (const [what, text] of [
    ["is cut off", '{"pid":4626,"userna'],
    ["is empty", ""],
    ["names no process", JSON.stringify({ ...HOLDER, pid: 0 })],
    ["names no host", JSON.stringify({ ...HOLDER, hostname: undefined })],
    ["has no time", JSON.stringify({ ...HOLDER, timestamp: "yesterday" })],
  ] as const) {
    it(`are refused where one ${what}: nobody can tell whose it is`, async () => {
      folder = new TemporaryFolder({ [`${LOCKS}/organization/fleet/dev/a.json`]: text });
      const error = await thrown("blocked", () => locksOf(folder.path, "fleet", "dev"));
      expect(error.message).to.contain("a.json does not say who holds it").and.to.contain("run `pulumi cancel`");
    });
  }
});
