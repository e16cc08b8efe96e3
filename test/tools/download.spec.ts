import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { archiveName, downloadPulumi, downloadSource } from "../../tools/toolchain/download";
import { failure, Scratch } from "./scratch";

describe("toolchain download", () => {
  const archive = archiveName("linux", "x64") ?? "";
  let scratch: Scratch;
  let server: Server;
  let served: Record<string, Buffer | string>;
  let mirror: string;

  beforeEach(async () => {
    scratch = new Scratch();
    scratch.program("release/pulumi/pulumi", "exit 0");
    execFileSync("tar", ["-czf", join(scratch.folder, archive), "-C", join(scratch.folder, "release"), "pulumi"]);
    served = { [`/mirror/${archive}`]: readFileSync(join(scratch.folder, archive)) };
    server = createServer((request, response) => {
      const body = served[request.url ?? ""];
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror/`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    scratch.remove();
  });

  const digest = (algorithm: string) =>
    createHash(algorithm)
      .update(served[`/mirror/${archive}`] ?? "")
      .digest("hex");
  const download = async () => {
    const folder = join(scratch.folder, "out");
    scratch.write("out/keep", "");
    await downloadPulumi(folder, archive, downloadSource({ PULUMI_MSP_PULUMI_DOWNLOAD_BASE: mirror }));
    return folder;
  };

  it("unpacks the archive when it has the published SHA-512", async () => {
    served["/mirror/SHA512SUMS"] = `${"0".repeat(128)}  other.tar.gz\n${digest("sha512")}  ${archive}\n`;
    const folder = await download();
    expect(readdirSync(join(folder, "bin"))).to.deep.equal(["pulumi"]);
    expect(readdirSync(folder).sort()).to.deep.equal(["bin", "keep"]);
  });

  it("takes the release's SHA-256 list where there is no other", async () => {
    served[`/mirror/${archive.replace(/-v(.*)-linux.*/, "-$1-checksums.txt")}`] = `${digest("sha256")}  ${archive}\n`;
    expect(existsSync(join(await download(), "bin", "pulumi"))).to.equal(true);
  });

  it("refuses an archive that is not the published one", async () => {
    served["/mirror/SHA512SUMS"] = `${"0".repeat(128)}  ${archive}\n`;
    expect(await failure(download())).to.match(
      /has the checksum [0-9a-f]{128}, and Pulumi published 0{128}: it is not used\./,
    );
  });

  it("refuses an archive that nobody published a checksum of", async () => {
    served["/mirror/SHA512SUMS"] = `${digest("sha512")}  other.tar.gz\n`;
    expect(await failure(download())).to.match(/^no checksum of pulumi-v.* is published at /);
  });

  it("says in plain words that the address can't be reached", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(download())).to.match(/^127\.0\.0\.1:\d+ can't be reached \(/);
    server.listen(0, "127.0.0.1");
  });

  it("comes from Pulumi's own addresses unless a mirror is named", () => {
    const source = downloadSource({});
    expect([source.archives, ...source.checksums].map((address) => new URL(address).host)).to.deep.equal([
      "get.pulumi.com",
      "github.com",
      "github.com",
    ]);
  });

  it("knows no archive for a platform that Pulumi has none for", () => {
    expect(archiveName("sunos", "x64")).to.equal(undefined);
  });
});
