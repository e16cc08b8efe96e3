import { ProviderError } from "../errors";

/** Keys under which somebody may put a credential into the configuration, where it would be kept in state and outlive its rotation. */
export const CREDENTIAL_KEYS: readonly string[] = [
  "accessToken",
  "apiKey",
  "clientSecret",
  "credentials",
  "deskToken",
  "password",
  "secret",
  "secretKey",
  "token",
];

/** Throws where the configuration holds a credential; its value is told to nobody. */
export function refuseCredentials(settings: (key: string) => string | undefined): void {
  const key = CREDENTIAL_KEYS.find((candidate) => settings(candidate) !== undefined);
  if (key === undefined) return;
  throw new ProviderError(
    "validation",
    `msp:${key} is configured, and credentials may not be: they are kept in state, and refresh and destroy go on with the old one; nothing was sent.\nTake it out (pulumi config rm msp:${key}), then run pulumi up once. Give a new one by environment variable or file: docs/credentials.md.`,
  );
}
