import { errorCodes } from "../../generated/constants.js";
import {
  errorBody,
  errorOptional,
  type Operation,
  type OperationId,
  operations,
  type Optional,
  type ResponseBody,
} from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import type { ErrorCode } from "../error-codes.js";
import type { CyclesError } from "../errors.js";
import { member } from "../member.js";
import { retryAfterMs } from "../protocol/headers.js";
import { formatIssues, toIssues } from "../protocol/issues.js";
import { idProblem } from "./path.js";
import type { HttpResponse } from "./send.js";

/** An error body of the protocol. A newer server can send a code that is unknown here. */
export type ErrorBody = Omit<components["schemas"]["ErrorResponse"], "error"> & {
  readonly error: string;
};

/** The server did what was asked. */
export interface Success<Id extends OperationId = OperationId> {
  readonly kind: "success";
  readonly data: ResponseBody<Id>;
  /** The fields whose integers JavaScript had to round. */
  readonly inexact: readonly string[];
}

/** The verdict on an attempt that did not succeed. */
export type FailedVerdict =
  /** The server refused the call. */
  | {
      readonly kind: "rejected";
      readonly status: number;
      readonly body: ErrorBody | undefined;
      /** Whether the protocol defines the code, so that a retry is pointless. */
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

/** The verdict on one attempt. */
export type Verdict<Id extends OperationId = OperationId> = Success<Id> | FailedVerdict;

/**
 * Judges a response. It is a success only if it has the operation's success status and a body that
 * fits the contract. For any response, this does not throw and takes linear time.
 *
 * @param reveals whether the id of a reservation shows a secret
 */
export function judge<Id extends OperationId>(
  operation: Operation<Id>,
  request: unknown,
  response: HttpResponse,
  reveals: (id: string) => boolean = () => false,
): Verdict<Id> {
  const { status } = response;
  const isSuccess = status === operation.success;
  const body = parse(response.text, isSuccess ? operation.optional : errorOptional);
  if (isSuccess) return judgeSuccess(operation, request, response.text, body, reveals);
  const error = errorBody(body) ? body : undefined;
  if (status === 429)
    return { kind: "limited", body: error, retryAfterMs: retryAfterMs(response.headers) };
  if (status >= 300 && status < 500)
    return { kind: "rejected", status, body: error, understood: isUnderstood(error) };
  return { kind: "ambiguous", body: error, reason: `status ${status}` };
}

function judgeSuccess<Id extends OperationId>(
  operation: Operation<Id>,
  request: unknown,
  text: string,
  body: unknown,
  reveals: (id: string) => boolean,
): Verdict<Id> {
  if (body === undefined) return ambiguous(text === "" ? "no body" : "a body that is not JSON");
  if (!operation.response(body)) {
    const issues = toIssues(operation.response.errors).slice(0, MOST_ISSUES);
    return ambiguous(`an invalid body: ${formatIssues(issues)}`);
  }
  const problem = FURTHER_CHECKS[operation.id]?.(request, body, reveals);
  if (problem !== undefined) return ambiguous(problem);
  return { kind: "success", data: body, inexact: inexactIntegers(text, body) };
}

function ambiguous(reason: string): FailedVerdict {
  return { kind: "ambiguous", body: undefined, reason };
}

/** Checks beyond the contract. Each returns why the body is not a success. */
type FurtherChecks = {
  readonly [Id in OperationId]?: (
    request: unknown,
    body: ResponseBody<Id>,
    reveals: (id: string) => boolean,
  ) => string | undefined;
};

const FURTHER_CHECKS: FurtherChecks = { createReservation: grantProblem };

/** Enough to see what is wrong with a body. */
const MOST_ISSUES = 8;

/** Why an allowed reserve grants nothing that can be committed; `undefined` if it does. */
function grantProblem(
  request: unknown,
  { decision, reservation_id }: ResponseBody<"createReservation">,
  reveals: (id: string) => boolean,
): string | undefined {
  if (member(request, "dry_run") === true || decision === "DENY") return undefined;
  if (reservation_id === undefined || reservation_id === "")
    return `${decision} without a reservation_id`;
  // Ids are written to logs and journals.
  if (reveals(reservation_id)) return `${decision} with a secret in its reservation_id`;
  const { parameters } = operations.commitReservation;
  const why = parameters({ path: { reservation_id }, query: {} })
    ? idProblem(reservation_id)
    : toIssues(parameters.errors)[0]?.message;
  return why && `${decision} with a reservation_id that cannot be sent back: it ${why}`;
}

function isUnderstood(body: ErrorBody | undefined): boolean {
  return (
    body !== undefined &&
    isKnown(body.error) &&
    body.error !== "INTERNAL_ERROR" &&
    body.error !== "LIMIT_EXCEEDED"
  );
}

/** Whether the protocol defines the code. */
export function isKnown(code: string): code is ErrorCode {
  return CODES.includes(code);
}

const CODES: readonly string[] = errorCodes;

/** Parses JSON, and omits optional fields that are `null`; `undefined` if the text is not JSON. */
function parse(text: string, optional: Optional | undefined): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (optional && text.includes("null")) omitNulls(value, optional);
    return value;
  } catch {
    // This includes text that is nested too deeply for the engine's stack.
    return undefined;
  }
}

/** The paths of integers that JavaScript had to round, up to a maximum number and depth. */
function inexactIntegers(text: string, body: unknown): string[] {
  // Most responses have no number this long, and need no search.
  if (!LONG.test(text) && !EXPONENT.test(text)) return [];
  const found: string[] = [];
  // A stack. Members are pushed in reverse order, so that they are visited in order.
  const ahead: [value: unknown, path: string][] = [[body, ""]];
  for (let next = ahead.pop(); next && found.length < MOST_PLACES; next = ahead.pop()) {
    const [value, path] = next;
    if (typeof value === "number") {
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) found.push(path);
    } else if (typeof value === "object" && value !== null && path.length < LONGEST_PATH) {
      const isList = Array.isArray(value);
      for (const [name, item] of Object.entries(value).reverse())
        ahead.push([item, isList ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`]);
    }
  }
  return found;
}

/** A number with at least 16 digits, as 2^53 has. It also matches some strings. */
const LONG = /[\s:[,]-?\d{16}/;

/** A number with an exponent. It also matches some strings. */
const EXPONENT = /[\s:[,]-?[\d.]+[eE]/;

/** The protocol's own fields are far below both limits. */
const MOST_PLACES = 100;
const LONGEST_PATH = 200;

/**
 * Removes the optional fields that are `null`, because the reference server writes absent fields as
 * `null`. A required field keeps its `null`, which is an error. Free-form objects are not changed.
 */
function omitNulls(value: unknown, { fields = [], within = {}, each }: Optional): void {
  if (typeof value !== "object" || value === null) return;
  for (const name of fields) {
    if (Reflect.get(value, name) === null) Reflect.deleteProperty(value, name);
  }
  for (const name in within) {
    const inner = within[name];
    if (inner) omitNulls(Reflect.get(value, name), inner);
  }
  if (each) for (const item of Object.values(value)) omitNulls(item, each);
}
