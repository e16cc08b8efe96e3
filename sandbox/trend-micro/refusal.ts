/** An error as LMPI answers it: a subject and a message. The subjects are this sandbox's own; the vendor's list of codes is not known. */
export class LmpiRefusal extends Error {
  readonly status: number;
  readonly subject: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, subject: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = "LmpiRefusal";
    this.status = status;
    this.subject = subject;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The reply's body. */
  toBody(): { readonly error_subject: string; readonly error_message: string } {
    return { error_subject: this.subject, error_message: this.message };
  }
}

/** A parameter or body that LMPI does not take. */
export function invalid(message: string): LmpiRefusal {
  return new LmpiRefusal(400, "INVALID_PARAMETER", message);
}

/** An object that is not there. */
export function notFound(message: string): LmpiRefusal {
  return new LmpiRefusal(404, "NOT_FOUND", message);
}

/** A call that the object's state does not allow. */
export function notAllowed(message: string): LmpiRefusal {
  return new LmpiRefusal(409, "NOT_ALLOWED", message);
}

/** An object that is there already. */
export function duplicate(message: string): LmpiRefusal {
  return new LmpiRefusal(409, "DUPLICATED", message);
}
