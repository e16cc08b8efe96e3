import type { BadCase } from "../support/case";
import { facts, own, report, seed } from "../support/origin";

/** Configuration, environment and files that a run reads. */
export interface WrongSettings extends BadCase {
  /** Keys of the stack's configuration; undefined takes one away. */
  readonly config?: Readonly<Record<string, string | undefined>>;
  /** Settings of the connection `lmp`, instead of what it has. */
  readonly lmp?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly files?: Readonly<Record<string, string>>;
  /** What in a message shows where to look. */
  readonly place: RegExp;
}

/** Stands in files and settings where a secret may be, and in no message. */
export const SECRET = "canary-secret-in-settings";

const CONNECTIONS = /msp:connections/;
const LMPI = "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)";
const HOST = facts(LMPI, "docs write `https://{lmpi-fqdn}`");
const PRINTED = report("pulumi/pulumi-azuread/issues/1197", "a client secret was printed in clear");
const PULUMI = own("Pulumi hands every structured value to a provider as text");
const WRONG_URL = report(
  "claranet/terraform-provider-zabbix/issues/57",
  "an endpoint that was half right ended in a message about a character",
);
const NO_SETTING = own("a stack that was made before it was configured");
const DATES = facts("8. Where the facts can be read in two ways", "Date format of windows and replies");

const whole = (connections: unknown) => ({ connections: JSON.stringify(connections) });
const credentialsFile = (text: string) => ({
  lmp: { credentialsFile: "secrets.yaml" },
  env: { MSP_LMP_ACCESS_TOKEN: undefined, MSP_LMP_SECRET_KEY: undefined },
  files: { "secrets.yaml": text },
});
type Settings = Omit<WrongSettings, keyof BadCase | "place">;
const refused = (
  name: string,
  origin: BadCase["origin"],
  settings: Settings,
  place: RegExp = CONNECTIONS,
): WrongSettings => ({
  name,
  origin,
  expects: "refused",
  place,
  ...settings,
});

export const SETTINGS: readonly WrongSettings[] = [
  refused("no connections", NO_SETTING, { config: { connections: undefined } }),
  refused("connections that are YAML in a text", PULUMI, {
    config: { connections: "lmp:\n  platform: trend-micro\n" },
  }),
  refused("connections that are a list", own("names make a map of it"), {
    config: whole([{ name: "lmp", platform: "trend-micro" }]),
  }),
  refused("connections that are nobody's", NO_SETTING, { config: whole({}) }),
  refused("connections that are null", PULUMI, { config: { connections: "null" } }),
  refused("a connection that is its platform's name", own("the shortest form that one would try"), {
    config: whole({ lmp: "trend-micro" }),
  }),
  refused("a connection in capitals", own("names of connections make names of variables, where capitals are lost"), {
    config: whole({ LMP: { platform: "armourzero", account: "acme" } }),
  }),
  refused("a platform that is spelt otherwise", seed("002", 27, "Licensing Management Platform accounts"), {
    lmp: { platform: "trendmicro" },
  }),
  refused("a platform that is not built in", seed("001", 2, "your NFR account"), { lmp: { platform: "blumira" } }),
  refused("no account type", seed("002", 25, "Customer Licensing Portal accounts"), {
    lmp: { accountType: undefined },
  }),
  refused("an account type in capitals", seed("002", 27, "Licensing Management Platform accounts"), {
    lmp: { accountType: "LMP" },
  }),
  refused("no endpoint", HOST, { lmp: { endpoint: undefined } }),
  refused("an endpoint that is a host alone", WRONG_URL, { lmp: { endpoint: "cspi.trendmicro.com" } }),
  refused("an endpoint of another protocol", WRONG_URL, { lmp: { endpoint: "ftp://cspi.trendmicro.com" } }),
  refused("an endpoint without encryption", HOST, { lmp: { endpoint: "http://cspi.trendmicro.com" } }, /endpoint/),
  refused(
    "an endpoint of somebody else",
    report("whatwg/fetch/issues/944", "credentials were sent on to another host"),
    { lmp: { endpoint: "https://cspi.trendmicro.com.elsewhere.example" } },
    /endpoint/,
  ),
  refused(
    "an endpoint with a password",
    PRINTED,
    { lmp: { endpoint: `https://ada:${SECRET}@cspi.trendmicro.com` } },
    /endpoint/,
  ),
  refused(
    "an endpoint with a query",
    PRINTED,
    { lmp: { endpoint: `https://cspi.trendmicro.com/?token=${SECRET}` } },
    /endpoint/,
  ),
  refused(
    "an endpoint with a path",
    WRONG_URL,
    { lmp: { endpoint: "https://cspi.trendmicro.com/LMPI/v2" } },
    /endpoint/,
  ),
  refused("a secret among the settings", PRINTED, { lmp: { accessToken: SECRET } }),
  refused("a setting that is misspelt", own("a slip of the finger"), { lmp: { acount: "acme" } }),
  refused("a pace of zero", own("zero is how some tools say without limit"), { lmp: { requestsPerSecond: 0 } }),
  refused("a pace in words", PULUMI, { lmp: { requestsPerSecond: "5/s" } }),
  refused("a time limit beyond all reason", own("milliseconds where seconds are meant"), {
    lmp: { attemptTimeoutSeconds: 30_000 },
  }),
  refused("a reading that does not exist", DATES, { lmp: { readings: { dateFormat: "rfc3339" } } }),
  refused("a first day that is no date", DATES, { lmp: { readings: { since: "01.01.2020" } } }),
  refused("windows of no day", DATES, { lmp: { readings: { windowDays: 0 } } }),
  refused("an allowed host with its protocol", HOST, { lmp: { allowedHosts: ["https://lmp.example"] } }),
  refused("no account where it is not read", seed("000", 16, "Devices > End User"), {
    config: whole({ lmp: { platform: "armourzero" } }),
  }),
  refused("a time limit in words", PULUMI, { config: { timeoutSeconds: "five minutes" } }, /msp:timeoutSeconds/),
  refused(
    "a time limit of zero",
    own("zero is how some tools say without limit"),
    { config: { timeoutSeconds: "0" } },
    /msp:timeoutSeconds/,
  ),
  refused(
    "no access token",
    facts(LMPI, "`x-access-token` (GUID, identifies the partner)"),
    { env: { MSP_LMP_ACCESS_TOKEN: undefined } },
    /MSP_LMP_ACCESS_TOKEN/,
  ),
  refused(
    "a secret key that is set to nothing",
    own("a pipeline that passes on a variable which it has no value for"),
    { env: { MSP_LMP_SECRET_KEY: "" } },
    /MSP_LMP_SECRET_KEY/,
  ),
  refused(
    "an access token of somebody else",
    facts(LMPI, "Credentials only issued by an upstream role"),
    { env: { MSP_LMP_ACCESS_TOKEN: SECRET } },
    /customers/,
  ),
  refused(
    "a secret key of somebody else",
    facts(LMPI, "Signature (three independent clients agree"),
    { env: { MSP_LMP_SECRET_KEY: SECRET } },
    /customers/,
  ),
  refused(
    "a credentials file that is not there",
    NO_SETTING,
    { ...credentialsFile(""), files: {} },
    /credentialsFile of connection lmp/,
  ),
  refused(
    "a credentials file that is a folder",
    own("the folder of the secret was mounted, not the secret"),
    { ...credentialsFile(""), lmp: { credentialsFile: "." }, files: {} },
    /credentialsFile of connection lmp/,
  ),
  refused(
    "a credentials file that is no YAML",
    PRINTED,
    credentialsFile(`accessToken: "${SECRET}\n\t- x: [`),
    /credentialsFile of connection lmp/,
  ),
  refused(
    "a credentials file that is the token alone",
    PRINTED,
    credentialsFile(SECRET),
    /credentialsFile of connection lmp/,
  ),
  refused(
    "a credentials file with other names",
    PRINTED,
    credentialsFile(`access_token: ${SECRET}\nsecret_key: ${SECRET}\n`),
    /accessToken/,
  ),
  refused(
    "a token that YAML takes for a number",
    report("yaml/pyyaml/issues/107", "a text of digits became another number"),
    credentialsFile("accessToken: 0123456789\nsecretKey: 42\n"),
    /accessToken/,
  ),
  refused("no desk", NO_SETTING, { env: { MSP_DESK_URL: undefined } }, /MSP_DESK_URL/),
  refused("a desk that is a host alone", WRONG_URL, { env: { MSP_DESK_URL: "desk.msp.example" } }, /desk/),
  refused(
    "a desk without encryption",
    own("the token would be sent in clear"),
    { env: { MSP_DESK_URL: "http://desk.msp.example" } },
    /desk/,
  ),
  refused("no token for the desk", NO_SETTING, { env: { MSP_DESK_TOKEN: undefined } }, /MSP_DESK_TOKEN/),
  refused(
    "a token file for the desk that is not there",
    NO_SETTING,
    { env: { MSP_DESK_TOKEN: undefined, MSP_DESK_TOKEN_FILE: "none.txt" } },
    /MSP_DESK_TOKEN_FILE/,
  ),
  refused(
    "a token that the desk does not know",
    own("a token of another desk, or one that was revoked"),
    { env: { MSP_DESK_TOKEN: SECRET } },
    /MSP_DESK_TOKEN/,
  ),
  refused(
    "a token with a line break in it",
    own("a token that was copied with the line's end"),
    { env: { MSP_DESK_TOKEN: `${SECRET}\nx` } },
    /MSP_DESK_TOKEN/,
  ),
];
