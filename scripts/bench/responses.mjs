// The responses of the benchmark's server, and the values that requests to it contain.
import { usd } from "cycles-client";

export const API_KEY = "cyc_live_0123456789abcdef";
export const TENANT = "acme";
export const ACTION = { kind: "llm.completion", name: "gpt-4o-mini" };
export const ESTIMATE = usd("0.02");
export const ACTUAL = usd("0.013");

const SCOPE = `tenant:${TENANT}`;
export const ID_LENGTH = 32;
const ID = "0".repeat(ID_LENGTH);

export const RESERVED = Buffer.from(
  JSON.stringify({
    decision: "ALLOW",
    reservation_id: ID,
    affected_scopes: [SCOPE],
    // Far in the future, so that no heartbeat falls into a measurement.
    expires_at_ms: 4_000_000_000_000,
    remaining_ttl_ms: 3_600_000,
    scope_path: SCOPE,
    reserved: ESTIMATE,
    balances: [
      {
        scope: SCOPE,
        scope_path: SCOPE,
        remaining: { unit: "USD_MICROCENTS", amount: 98_000_000 },
        reserved: ESTIMATE,
        spent: { unit: "USD_MICROCENTS", amount: 0 },
        allocated: { unit: "USD_MICROCENTS", amount: 100_000_000 },
      },
    ],
  }),
);
export const ID_AT = RESERVED.indexOf(ID);

export const COMMITTED = Buffer.from(
  JSON.stringify({
    status: "COMMITTED",
    charged: ACTUAL,
    released: { unit: "USD_MICROCENTS", amount: 700_000 },
  }),
);

export function headersOf(body) {
  return {
    "content-type": "application/json",
    "content-length": body.length,
    "x-request-id": "req-0123456789",
    "x-cycles-tenant": TENANT,
    "x-cycles-trace-id": "0af7651916cd43dd8448eb211c80319c",
  };
}
