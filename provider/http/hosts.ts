import { ProviderError } from "../errors";

/** Refuses a base address that credentials must not go to: another host than allowed, or plain http beyond this machine. */
export function checkedBase(baseUrl: string, allowedHosts: readonly string[], platform: string): URL {
  const refuse = (why: string, advice = "") => {
    throw new ProviderError(
      "validation",
      `The endpoint of ${platform.replace(/^The /, "the ")} ${why}; nothing was sent.${advice}`,
      { platform },
    );
  };
  if (!URL.canParse(baseUrl)) return refuse("is no address: write https://host");
  const url = new URL(baseUrl);
  if (url.username !== "" || url.password !== "")
    return refuse("holds a user name or password: take them out, and put credentials into the environment");
  if (url.search !== "" || url.hash !== "") return refuse("holds a query or fragment: write https://host only");
  const local = isLoopback(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && local))
    return refuse(`uses ${url.protocol}// on ${url.hostname}: use https`);
  // Credentials that go to this machine leave it to nobody, so loopback needs no entry.
  if (!local && !allowedHosts.some((allowed) => covers(allowed, url.hostname))) {
    return refuse(
      `is on ${url.hostname}, which credentials may not be sent to`,
      "\nCorrect it, or add the host to allowedHosts of the connection.",
    );
  }
  return url;
}

/** The full address of `path`, proven to stay on the base's host and to be sent byte for byte as given. */
export function urlOf(base: URL, path: string, platform: string): string {
  const prefix = base.pathname === "/" ? "" : base.pathname.replace(/\/$/, "");
  const url = URL.canParse(prefix + path, base.origin) ? new URL(prefix + path, base.origin) : undefined;
  if (!path.startsWith("/") || url?.origin !== base.origin || url.pathname + url.search !== prefix + path) {
    throw new ProviderError(
      "internal",
      `A path for ${platform} is not written as it would be sent; nothing was sent. This is a fault of pulumi-msp.`,
      { platform },
    );
  }
  return url.href;
}

function covers(allowed: string, hostname: string): boolean {
  const name = allowed.toLowerCase();
  return name.startsWith(".") ? hostname.endsWith(name) && hostname.length > name.length : hostname === name;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
