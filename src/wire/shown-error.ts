import {
  type CallContext,
  CyclesConnectionError,
  type CyclesError,
  CyclesResponseError,
  CyclesTimeoutError,
} from "../errors.js";
import { member } from "../member.js";
import type { Redactor } from "../secrets.js";
import { cut } from "../text.js";
import { line, LONGEST_EXCERPT, LONGEST_TEXT } from "./error-text.js";

/** An error of the transport as it is shown: with the call's context, and without secrets. */
export function shownError(
  error: CyclesError,
  redactor: Redactor,
  context: CallContext = {},
): CyclesError {
  const said = line(redactor.text(error.message), LONGEST_TEXT);
  const message = context.operation === undefined ? said : `${context.operation}: ${said}`;
  if (error instanceof CyclesTimeoutError)
    return new CyclesTimeoutError(message, error.timeoutMs, context);
  if (error instanceof CyclesResponseError) {
    return new CyclesResponseError(message, {
      ...context,
      status: error.httpStatus,
      excerpt: redactor.text(error.excerpt).slice(0, LONGEST_EXCERPT),
      retryable: error.retryable,
    });
  }
  return new CyclesConnectionError(message, {
    ...context,
    cause: shownCause(error.cause, redactor, MOST_CAUSES),
  });
}

/**
 * Copies only the name, message and code of a cause, because the cause may contain a whole request
 * with its key.
 */
function shownCause(cause: unknown, redactor: Redactor, most: number): Error | undefined {
  if (cause === undefined || cause === null || most === 0) return undefined;
  try {
    return copiedCause(cause, redactor, most);
  } catch {
    return new Error("an error that cannot be read");
  }
}

function copiedCause(cause: unknown, redactor: Redactor, most: number): Error {
  const [name, code] = [member(cause, "name"), member(cause, "code")];
  const text = (value: unknown) =>
    typeof value === "string" ? cut(redactor.text(value), LONGEST_TEXT) : undefined;
  const inner = shownCause(member(cause, "cause"), redactor, most - 1);
  return Object.assign(
    new Error(text(member(cause, "message") ?? cause) ?? typeof cause, inner && { cause: inner }),
    typeof name === "string" && { name: text(name) },
    typeof code === "string" && { code: text(code) },
  );
}

/** `fetch` wraps the error of the connection. Deeper causes are not useful. */
const MOST_CAUSES = 3;
