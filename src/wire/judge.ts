import { enums } from "../../generated/constants.js";
import { errorBody, type Operation } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import type { CyclesError, ErrorCode } from "../errors.js";
import { retryAfterMs } from "../headers.js";
import { formatIssues, toIssues } from "../issues.js";
import type { Answer } from "./send.js";

/** An error body of the protocol; its code may be one that we do not know. */
export type ErrorBody = Omit<components["schemas"]["ErrorResponse"], "error"> & {
  readonly error: string;
};

/** What the end of one attempt means. */
export type Verdict =
  | { readonly kind: "success"; readonly data: unknown; readonly inexact: readonly string[] }
  /** The server says no. `understood`: with a code that the protocol knows, so that asking again is pointless. */
  | {
      readonly kind: "rejected";
      readonly status: number;
      readonly body: ErrorBody | undefined;
      readonly understood: boolean;
    }
  | {
      readonly kind: "limited";
      readonly body: ErrorBody | undefined;
      readonly retryAfterMs: number | undefined;
    }
  /** The server may or may not have acted. */
  | { readonly kind: "ambiguous"; readonly body: ErrorBody | undefined; readonly reason: string }
  | { readonly kind: "unreachable"; readonly error: CyclesError };

/**
 * What an answer means. Only the one status of the operation with a body that fits is a success; what is not
 * understood is never believed.
 */
export function judge(operation: Operation, request: unknown, answer: Answer): Verdict {
  const { status } = answer;
  const body = parse(answer.text);
  if (status === operation.success) return judgeSuccess(operation, request, answer.text, body);
  const error = errorBody(body) ? (body as ErrorBody) : undefined;
  if (status === 429)
    return { kind: "limited", body: error, retryAfterMs: retryAfterMs(answer.headers) };
  if (status >= 300 && status < 500)
    return { kind: "rejected", status, body: error, understood: isUnderstood(error) };
  return { kind: "ambiguous", body: error, reason: `status ${String(status)}` };
}

function judgeSuccess(
  operation: Operation,
  request: unknown,
  text: string,
  body: unknown,
): Verdict {
  const ambiguous = (reason: string): Verdict => ({ kind: "ambiguous", body: undefined, reason });
  if (body === undefined) return ambiguous(text === "" ? "no body" : "a body that is not JSON");
  if (!operation.response(body))
    return ambiguous(
      `a body that does not fit: ${formatIssues(toIssues(operation.response.errors))}`,
    );
  if (isHollow(operation, request, body)) return ambiguous("ALLOW without a reservation_id");
  return { kind: "success", data: body, inexact: inexactIntegers(text, body) };
}

/** A live reserve that is allowed but names no reservation: there is nothing that could be committed. */
function isHollow(operation: Operation, request: unknown, body: unknown): boolean {
  if (operation.id !== "createReservation") return false;
  const { dry_run } = request as Partial<components["schemas"]["ReservationCreateRequest"]>;
  const { decision, reservation_id } = body as components["schemas"]["ReservationCreateResponse"];
  return (
    dry_run !== true &&
    decision !== "DENY" &&
    (reservation_id === undefined || reservation_id === "")
  );
}

function isUnderstood(body: ErrorBody | undefined): boolean {
  return (
    body !== undefined &&
    isKnown(body.error) &&
    body.error !== "INTERNAL_ERROR" &&
    body.error !== "LIMIT_EXCEEDED"
  );
}

function isKnown(code: string): code is ErrorCode {
  return (enums.ErrorCode as readonly string[]).includes(code);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The places of integers that JavaScript had to round. */
function inexactIntegers(text: string, body: unknown): string[] {
  // Nearly no answer has a number so long; the walk is for those that do.
  if (!hasDigits(text, LEAST_INEXACT_DIGITS) && !/\d[eE]/.test(text)) return [];
  const found: string[] = [];
  const walk = (value: unknown, path: string) => {
    if (typeof value === "number") {
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) found.push(path);
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        walk(item, `${path}[${String(index)}]`);
      });
    } else if (typeof value === "object" && value !== null) {
      for (const [name, item] of Object.entries(value))
        walk(item, path === "" ? name : `${path}.${name}`);
    }
  };
  walk(body, "");
  return found;
}

/** 2^53 has sixteen. */
const LEAST_INEXACT_DIGITS = 16;

/** Whether `count` digits stand in a row somewhere: of such a row, every `count`th character of the text hits one. */
function hasDigits(text: string, count: number): boolean {
  for (let at = count - 1; at < text.length; at += count) {
    if (!isDigit(text, at)) continue;
    let start = at;
    while (isDigit(text, start - 1)) start -= 1;
    let end = at;
    while (isDigit(text, end + 1)) end += 1;
    if (end - start + 1 >= count) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
