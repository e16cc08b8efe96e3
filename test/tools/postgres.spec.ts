import { join } from "node:path";
import { expect } from "chai";
import { findPostgres } from "../../tools/toolchain/postgres";
import { Scratch } from "./scratch";

describe("PostgreSQL for tests", () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => scratch.remove());

  const find = (path: string) => findPostgres({ PATH: join(scratch.folder, path) }, join(scratch.folder, "servers"));

  it("is Debian's newest that has its server programs, by number and not by letters", () => {
    for (const version of ["9", "15"]) scratch.program(`servers/${version}/bin/initdb`);
    scratch.write("servers/17/bin/psql", "only a client");
    expect(find("path")).to.equal(join(scratch.folder, "servers/15/bin"));
  });

  it("is the one on PATH where Debian has none", () => {
    scratch.program("path/initdb");
    expect(find("path")).to.equal(join(scratch.folder, "path"));
  });

  it("is missing where there is neither", () => {
    expect(find("path")).to.equal(undefined);
  });
});
