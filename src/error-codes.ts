import type { components } from "../generated/paths.js";

/** The codes that the protocol names. Servers can send others. (Protocol: ErrorCode.) */
export type ErrorCode = components["schemas"]["ErrorCode"];

/** The codes of failures that the client itself finds. A new code needs an entry here. */
export type ClientErrorCode =
  | "ACTUAL_UNKNOWN"
  | "ALLOWANCE_EXCEEDED"
  | "BAD_RESULT"
  | "CLIENT_CLOSED"
  | "CONFIG"
  | "CONNECTION"
  | "GUARD_STATE"
  | "HEARTBEAT_FAILED"
  | "LEASE_TOO_SHORT"
  | "RECORD_TOO_LARGE"
  | "RELEASE"
  | "SETTLEMENT_REFUSED"
  | "SETTLEMENT_UNKNOWN"
  | "STALE"
  | "TIMEOUT"
  | "TOOL_CALL_REPEATED"
  | "TOOL_NOT_ALLOWED"
  | "UNEXPECTED"
  | "UNEXPECTED_RESPONSE"
  | "UNMETERED"
  | "VALIDATION";

/**
 * The `code` of an error: a code of the protocol, a code of the client, `HTTP_` and the status for
 * an error response without a code, or another code that a server sent.
 */
export type CyclesErrorCode =
  | ErrorCode
  | ClientErrorCode
  | `HTTP_${number}`
  // Any other text. With plain `string`, editors would not complete the known codes.
  | (string & {});
