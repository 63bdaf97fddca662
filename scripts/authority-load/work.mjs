// The measured work: pairs of a reserve and its commit, on an authority that soon deletes them.
import { systemClock, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";

/** The time between two requests. An authority with a retention of one minute then keeps 6,000 pairs. */
const STEP_MS = 5;
const RETENTION_MS = 60_000;

const subject = { tenant: "acme", agent: "bot" };
const action = { kind: "llm.completion", name: "gpt-4o-mini" };
const microcents = (amount) => ({ unit: "USD_MICROCENTS", amount });

/** An authority whose clock advances with each request, so that it keeps the same number of pairs at any speed. */
export function createAuthority() {
  let now = Date.UTC(2026, 0, 1);
  return new EmbeddedCycles({
    budgets: { "tenant:acme": usd("1000000"), "tenant:acme/agent:bot": usd("1000000") },
    clock: { ...systemClock, now: () => now },
    retentionMs: RETENTION_MS,
    onResponse: () => {
      now += STEP_MS;
    },
  });
}

/**
 * @param {(path: string, body: object) => Promise<any>} post
 * @param {number} pair distinguishes the idempotency keys
 */
export async function reserveAndCommit(post, pair) {
  const { reservation_id: id } = await post("/v1/reservations", {
    idempotency_key: `r${pair}`,
    subject,
    action,
    estimate: microcents(2),
  });
  await post(`/v1/reservations/${id}/commit`, {
    idempotency_key: `c${pair}`,
    actual: microcents(1),
  });
}

/** Throws unless each pair was charged exactly once. */
export function checkSpent({ spent }, pairs) {
  if (spent.amount !== pairs) throw new Error(`The ledger has ${spent.amount} spent, not ${pairs}`);
}

export function headersFor(apiKey) {
  return { "content-type": "application/json", "x-cycles-api-key": apiKey };
}
