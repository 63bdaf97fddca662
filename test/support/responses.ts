import { usd } from "cycles-client";
import type { ScriptedResponse } from "./server.js";

/** A reserve with only what it needs. */
export const request = {
  action: { kind: "llm.completion", name: "gpt-4o-mini" },
  estimate: usd("0.40"),
};

/** A spend without a reservation. */
export const event = { action: request.action, actual: usd("0.01") };

export const reservation = {
  decision: "ALLOW",
  reservation_id: "res-1",
  affected_scopes: ["tenant:acme"],
  expires_at_ms: 1_700_000_060_000,
} as const;

export const committed = { status: "COMMITTED", charged: usd("0.01") } as const;
export const released = { status: "RELEASED", released: usd("0.01") } as const;
export const extended = { status: "ACTIVE", expires_at_ms: 1_700_000_060_000 } as const;
export const applied = { status: "APPLIED", event_id: "evt-1" } as const;

export const detail = {
  reservation_id: "res-1",
  status: "ACTIVE",
  subject: { tenant: "acme" },
  action: request.action,
  reserved: usd("0.01"),
  created_at_ms: 1_700_000_000_000,
  expires_at_ms: 1_700_000_060_000,
  scope_path: "tenant:acme",
  affected_scopes: ["tenant:acme"],
} as const;

export const balance = {
  scope: "tenant:acme",
  scope_path: "tenant:acme",
  remaining: usd("1"),
} as const;

/** An error of the protocol. `more` are further fields of its body. */
export function refusal(status: number, error: string, more: object = {}): ScriptedResponse {
  const body = { error, message: `refused with ${error}`, request_id: "req-7", ...more };
  return { status, body };
}

/** A 429 that says how many seconds to wait, or whatever else stands in the header. */
export function rateLimited(retryAfter: number | string): ScriptedResponse {
  const headers = { "retry-after": String(retryAfter) };
  return { ...refusal(429, "LIMIT_EXCEEDED"), headers };
}

/** The same response for a client in this process. */
export function toResponse({ status = 200, headers, body }: ScriptedResponse): Response {
  return Response.json(body, { status, ...(headers && { headers }) });
}
