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
    // A desk repeats no token; what does is told nothing of, or it would be in the reader's log.
    if (!isProblem(answer) || this.isRepeatedIn(`${answer.kind} ${answer.detail}`)) {
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

  private isRepeatedIn(text: string): boolean {
    const bytes = Buffer.from(this.token);
    const inBase64 = [0, 1, 2].map((n) => bytes.subarray(n, n + 3 * Math.floor((bytes.length - n) / 3)));
    const forms = [
      this.token,
      encodeURIComponent(this.token),
      bytes.toString("hex"),
      ...inBase64.flatMap((part) => [part.toString("base64"), part.toString("base64url")]),
    ];
    return forms.some((form) => form !== "" && text.toLowerCase().includes(form.toLowerCase()));
  }

  private host(): string {
    return (URL.canParse(this.url) && new URL(this.url).host) || "MSP_DESK_URL";
  }
}

function isProblem(answer: unknown): answer is Problem {
  return typeof answer === "object" && answer !== null && "kind" in answer && "detail" in answer;
}
