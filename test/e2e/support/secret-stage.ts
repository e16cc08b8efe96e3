/** A whole installation with a canary in every place where a secret is given, and each word that any of its processes says in a file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { Client } from "pg";
import type { TokenGrant } from "../../../provider/generated/types";
import { DeskApi } from "../../../sandbox/people/desk-api";
import { ensureToolchain } from "../../../tools/toolchain";
import { createDatabase } from "../../desk/support/postgres";
import { Canaries } from "../../support/canaries";

/** What a process was told to do with its end, and whether it ended as it should. */
export interface Told {
  readonly code: number | null;
  readonly text: string;
}

export interface SecretStage {
  readonly canaries: Canaries;
  /** Everything that any process of the run can write, but for the database server's. */
  readonly folder: string;
  /** Where the database server writes, its log included. */
  readonly databaseFolder: string;
  readonly deskUrl: string;
  readonly folderDeskUrl: string;
  readonly sandboxUrl: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a program to its end; what it says is kept below `outputs/`. */
  run(name: string, command: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Told>;
  pulumi(name: string, args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Told>;
  msp(name: string, args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Told>;
  /** Ends the services, so that all they had to write is written. */
  stopServices(): Promise<void>;
  /** Every row that the desk's database holds. */
  databaseRows(): Promise<string>;
  close(): Promise<void>;
}

interface Service {
  readonly child: ChildProcess;
  readonly ready: RegExpExecArray;
}

const MSP = ["bin", "cli", "main.js"];
const READY_WITHIN_MS = 60_000;

export async function openSecretStage(root: string): Promise<SecretStage> {
  const folder = join(root, ".story", "secrets");
  rmSync(folder, { recursive: true, force: true });
  for (const part of ["outputs", "tmp", "home", "state", "project", "given", "sandbox"])
    mkdirSync(join(folder, part), { recursive: true });
  const canaries = new Canaries();
  const toolchain = await ensureToolchain();
  const msp = join(root, ...MSP);
  const services: Service[] = [];
  const clean = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    NO_COLOR: "1",
  };

  async function run(name: string, [command = "", ...args]: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(command, args, {
      cwd: join(folder, "project"),
      env: { ...clean, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, "close")) as [number | null];
    const said = Buffer.concat(chunks);
    writeFileSync(join(folder, "outputs", name), said);
    return { code, text: said.toString("utf8") };
  }

  async function serve(name: string, args: readonly string[], env: NodeJS.ProcessEnv, ready: RegExp): Promise<Service> {
    const child = spawn(process.execPath, [msp, ...args], {
      env: { ...clean, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = join(folder, "outputs", name);
    let text = "";
    const match = await new Promise<RegExpExecArray>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${name} was not ready:\n${text}`)), READY_WITHIN_MS);
      const hear = (chunk: Buffer) => {
        appendFileSync(log, chunk);
        text += chunk.toString("utf8");
        const found = ready.exec(text);
        if (found === null) return;
        clearTimeout(late);
        resolve(found);
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("exit", (code) => reject(new Error(`${name} ended with ${code}:\n${text}`)));
    });
    const service = { child, ready: match };
    services.push(service);
    return service;
  }

  const stopServices = async () => {
    for (const { child } of services.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "close");
      child.kill("SIGTERM");
      await ended;
    }
  };

  const database = await createDatabase();
  const databaseFolder = new URLSearchParams(database.split("?")[1]).get("host") ?? "";
  const admin = async <T>(work: (client: Client) => Promise<T>) => {
    const client = new Client(database);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  try {
    const databaseUrl = await withPassword(
      database,
      databaseFolder,
      canaries.make("the password in DATABASE_URL"),
      admin,
    );
    const desk = await serve(
      "desk.log",
      ["desk"],
      { DATABASE_URL: databaseUrl, MSP_DESK_ADMIN_TOKEN: canaries.make("MSP_DESK_ADMIN_TOKEN") },
      /listening on (http:\S+)/,
    );
    const folderDesk = await serve(
      "folder-desk.log",
      ["desk"],
      {
        MSP_DESK_DATA: join(folder, "desk"),
        MSP_DESK_ADMIN_TOKEN: canaries.make("the other desk's MSP_DESK_ADMIN_TOKEN"),
      },
      /listening on (http:\S+)/,
    );
    const deskUrl = desk.ready[1] ?? "";
    const folderDeskUrl = folderDesk.ready[1] ?? "";
    const grant = async (
      place: string,
      email: string,
      kind: TokenGrant["kind"],
      roles: TokenGrant["roles"],
      url = deskUrl,
    ) => {
      const admins = url === deskUrl ? "MSP_DESK_ADMIN_TOKEN" : "the other desk's MSP_DESK_ADMIN_TOKEN";
      const by = new DeskApi(url, canaries.secretOf(admins));
      const { token } = await by.post<{ readonly token: string }>("/v1/tokens", { person: { email }, kind, roles });
      return canaries.plant(place, token);
    };
    const program = await grant("MSP_DESK_TOKEN", "pulumi@msp.example", "bot", ["requester"]);
    const given = (file: string, text: string) => {
      const path = join(folder, "given", file);
      writeFileSync(path, text);
      chmodSync(path, 0o600);
      return path;
    };
    given("desk-token", `${await grant("MSP_DESK_TOKEN_FILE", "previews@msp.example", "bot", ["requester"])}\n`);
    const verifier = await grant("MSP_VERIFIER_TOKEN", "lead@msp.example", "person", ["verifier"]);
    const operator = await grant("MSP_OPERATOR_TOKEN", "ops@msp.example", "person", ["operator"]);
    await grant("the other desk's MSP_DESK_TOKEN", "pulumi@msp.example", "bot", ["requester"], folderDeskUrl);

    const accessToken = canaries.make("the access token");
    const secretKey = canaries.make("the secret key");
    const pair = { accessToken, secretKey };
    writeFileSync(join(folder, "sandbox", "credentials.json"), JSON.stringify(pair));
    given("lmpi.json", JSON.stringify(pair));
    given("lmpi.yaml", `accessToken: ${JSON.stringify(accessToken)}\nsecretKey: ${JSON.stringify(secretKey)}\n`);
    given("broken.yaml", `accessToken: ${canaries.make("a credentials file that is broken")}: [\n\t- {`);
    const sandbox = await serve(
      "sandbox.log",
      ["sandbox", "--data", join(folder, "sandbox")],
      {},
      /is at (http:[^\s;]+)/,
    );
    const { controlToken } = JSON.parse(readFileSync(join(folder, "sandbox", "control.json"), "utf8")) as {
      controlToken: string;
    };
    canaries.plant("the sandbox's control token", controlToken);

    const env = {
      MSP_DESK_URL: deskUrl,
      MSP_DESK_TOKEN: program,
      MSP_VERIFIER_TOKEN: verifier,
      MSP_OPERATOR_TOKEN: operator,
      MSP_BY_ENV_ACCESS_TOKEN: accessToken,
      MSP_BY_ENV_SECRET_KEY: secretKey,
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: canaries.make("PULUMI_CONFIG_PASSPHRASE"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
    return {
      canaries,
      folder,
      databaseFolder,
      deskUrl,
      folderDeskUrl,
      sandboxUrl: sandbox.ready[1] ?? "",
      env,
      run: (name, command, changes) => run(name, command, { ...env, ...changes }),
      pulumi: (name, args, changes) =>
        run(name, [join(toolchain.root, "bin", "pulumi"), ...args, "--non-interactive"], { ...env, ...changes }),
      msp: (name, args, changes) => run(name, [process.execPath, msp, ...args], { ...env, ...changes }),
      stopServices,
      databaseRows: () => admin(allRows),
      close: async () => {
        await stopServices();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stopServices();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A role that the server really asks for its password; everybody else is trusted as before. */
async function withPassword(
  database: string,
  folder: string,
  password: string,
  admin: <T>(work: (client: Client) => Promise<T>) => Promise<T>,
): Promise<string> {
  const role = "desk_with_password";
  await admin(async (client) => {
    // As a literal: what DDL takes can't be a parameter. The server keeps a verifier of it.
    await client.query(`create role ${role} login password ${client.escapeLiteral(password)}`);
    await client.query(`grant all on schema public to ${role}`);
  });
  const rules = join(folder, "data", "pg_hba.conf");
  writeFileSync(rules, `local all ${role} scram-sha-256\n${readFileSync(rules, "utf8")}`);
  await admin((client) => client.query("select pg_reload_conf()"));
  return database.replace("//postgres@", `//${role}:${encodeURIComponent(password)}@`);
}

async function allRows(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1",
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const table = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
    texts.push(...table.rows.map(({ row }) => `${name}: ${row}`));
  }
  return texts.join("\n");
}
