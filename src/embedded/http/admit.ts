import { securityHeaders } from "../../../generated/constants.js";
import type { OperationId } from "../../../generated/operations.js";
import type { Caller, Credentials } from "../credentials.js";
import { isRefusal, refuse, type Refusal } from "../ledger/refusal.js";
import type { RateLimitStatus } from "../rate-limit.js";
import { type Incoming, splitTarget } from "./message.js";
import { type HttpRefusal, refuseRate } from "./refusal.js";
import { type AnyOperation, route } from "./routes.js";

/** The parts of the authority that decide which requests it accepts. */
export interface AccessControl {
  readonly credentials: Credentials;
  /** Counts a request of a tenant; `undefined` if there is no rate limit. */
  readonly countRequest: ((tenant: string) => RateLimitStatus) | undefined;
}

/** What is known about a request before its body is read. */
export interface Admission {
  readonly operation: OperationId | undefined;
  readonly tenant: string | undefined;
  readonly rateLimit: RateLimitStatus | undefined;
  readonly outcome: Admitted | Refusal | HttpRefusal;
}

/** A request from a known caller to an operation of the contract. */
export interface Admitted {
  readonly kind: "admitted";
  readonly operation: AnyOperation;
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly search: string;
}

/**
 * Decides from the method, the path and the headers of a request, so that the body of a refused
 * request is neither read nor kept.
 */
export function admit(incoming: Incoming, { credentials, countRequest }: AccessControl): Admission {
  const { pathname, search } = splitTarget(incoming.target);
  const found = route(incoming.method, pathname);
  if (isRefusal(found)) return refused(found);
  const { operation, path } = found;
  const caller = authenticate(operation, incoming, credentials);
  if (isRefusal(caller)) return { ...refused(caller), operation: operation.id };
  const tenant = caller.kind === "tenant" ? caller.tenant : undefined;
  const rateLimit = tenant === undefined ? undefined : countRequest?.(tenant);
  const outcome =
    rateLimit?.isAllowed === false
      ? refuseRate(rateLimit.waitMs)
      : ({ kind: "admitted", operation, caller, path, search } as const);
  return { operation: operation.id, tenant, rateLimit, outcome };
}

/** Whether the body of a request is read: the request was admitted, and its operation has a body. */
export function needsBody({ outcome }: Admission): boolean {
  return outcome.kind === "admitted" && outcome.operation.request !== undefined;
}

function refused(outcome: Refusal | HttpRefusal): Admission {
  return { operation: undefined, tenant: undefined, rateLimit: undefined, outcome };
}

function authenticate(
  { security }: AnyOperation,
  { header }: Incoming,
  credentials: Credentials,
): Caller | Refusal {
  if (security.length === 0) return { kind: "public" };
  const apiKey = header(securityHeaders.ApiKeyAuth);
  if (apiKey !== undefined) return credentials.callerOf(apiKey);
  const adminKey = header(securityHeaders.AdminKeyAuth);
  if (adminKey !== undefined && security.includes("AdminKeyAuth")) {
    return credentials.checkAdmin(adminKey);
  }
  const names = security.map((scheme) => securityHeaders[scheme]);
  return refuse("UNAUTHORIZED", `The request has no key: send it as ${names.join(" or ")}`);
}
