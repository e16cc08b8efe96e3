import { isProviderError } from "../provider/errors";
import type { OffboardingRequest } from "../provider/generated/types";
import type { Session } from "../provider/hosts/session";
import type { WriteContext } from "../provider/lifecycle/handler";
import { settle as settleRequest } from "../provider/lifecycle/settle";

/** What became of one request, or of a connection that could not be opened. */
export interface Settled {
  readonly connection: string;
  /** As the desk has it now. */
  readonly request?: OffboardingRequest;
  /** Why it could not be settled, in words. */
  readonly failure?: string;
}

/**
 * Carries out what people have verified and the platform's API can do: ends the product, reads it back, and confirms. One failure does not
 * keep the others. Yields each open leaving of the connections whose products are ended by API; throws where there is no desk.
 */
export async function* settleAll(session: Session): AsyncIterable<Settled> {
  const names = session.connectionNames.filter((name) => endsByApi(session, name));
  // Said once, not by each connection.
  await session.within(() => session.desk.handshake());
  for (const connection of names) {
    const opened = await attempt(() => session.within(() => open(session, connection)));
    if ("failure" in opened) {
      yield { connection, failure: opened.failure };
      continue;
    }
    const { context, requests } = opened.answer;
    for (const request of requests) {
      const settled = await attempt(() => session.within(() => settleRequest(context, request)));
      if ("answer" in settled) yield { connection, request: settled.answer };
      else yield { connection, request: await asItIsNow(session, request), failure: settled.failure };
    }
  }
}

function endsByApi(session: Session, connection: string): boolean {
  const check = session.checkContext(connection);
  return typeof check !== "string" && check.capability("ProductAssignment", "delete")?.mode === "api";
}

async function open(
  session: Session,
  connection: string,
): Promise<{ readonly context: WriteContext; readonly requests: readonly OffboardingRequest[] }> {
  const context = await session.write(connection, "msp settle");
  const requests = await context.desk.requests({ account: context.account, open: true, kind: "leaving" });
  // In the order in which they were filed.
  return { context, requests: requests.toReversed() };
}

/** A removal may have been recorded before it failed. */
async function asItIsNow(session: Session, request: OffboardingRequest): Promise<OffboardingRequest> {
  const read = await attempt(() => session.within(() => session.desk.request(request.id)));
  return "answer" in read ? read.answer : request;
}

async function attempt<T>(run: () => Promise<T>): Promise<{ readonly answer: T } | { readonly failure: string }> {
  try {
    return { answer: await run() };
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return { failure: error.message };
  }
}
