import { type ErrorKind, ProviderError } from "../../provider/errors";
import type { Problem } from "../../provider/generated/types";

/** One person's access to a desk. */
export class DeskApi {
  private readonly url: string;
  private readonly token: string;

  constructor(url: string, token: string) {
    this.url = url.replace(/\/$/, "");
    this.token = token;
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>("GET", path);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.call<T>("POST", path, body);
  }

  /** Answers the reply's body, or throws what the desk says is the problem. */
  private async call<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
    const response = await this.send(method, path, body);
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok && answer !== undefined) return answer as T;
    if (!isProblem(answer)) {
      throw new ProviderError("unavailable", `What answers at ${this.host()} is no desk.\nCorrect MSP_DESK_URL.`);
    }
    throw new ProviderError(answer.kind as ErrorKind, answer.detail, {
      operation: `${method} ${path}`,
      status: response.status,
    });
  }

  /** What `fetch` fails with is left out: it may quote the token. */
  private async send(method: "GET" | "POST", path: string, body?: object): Promise<Response> {
    try {
      return await fetch(this.url + path, {
        method,
        redirect: "error",
        headers: { authorization: `Bearer ${this.token}`, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch {
      const what = `No desk answers at ${this.host()}.\nStart one (\`npx msp desk\`), or correct MSP_DESK_URL.`;
      throw new ProviderError("unavailable", what, { operation: `${method} ${path}` });
    }
  }

  private host(): string {
    return (URL.canParse(this.url) && new URL(this.url).host) || "MSP_DESK_URL";
  }
}

function isProblem(answer: unknown): answer is Problem {
  return typeof answer === "object" && answer !== null && "kind" in answer && "detail" in answer;
}
