import { Refusal } from "./refusal.js";
import type { Decision, LedgerState } from "./state.js";

/** A command that may be repeated: under which key, and what it says. */
export interface Keyed {
  /** Tenant, endpoint (with the reservation where it has one) and idempotency key. */
  readonly replayKey: string;
  readonly fingerprint: string;
}

/**
 * The answer of the first time where the key is known, else the decision, remembered. A key that comes with
 * another payload is refused. Only successes are remembered. (Protocol: idempotency.)
 */
export function idempotent(
  state: LedgerState,
  { replayKey, fingerprint }: Keyed,
  now: number,
  decide: () => Decision,
): Decision {
  const known = state.replays.get(replayKey);
  if (!known) {
    const { answer, changes } = decide();
    return { answer, changes: { ...changes, replay: [replayKey, { fingerprint, answer }] } };
  }
  if (known.fingerprint !== fingerprint) {
    throw new Refusal(
      409,
      "IDEMPOTENCY_MISMATCH",
      "This idempotency key was used before with another request",
    );
  }
  return {
    answer: { ...known.answer, body: withLeadNow(state, known.answer.body, now) },
    changes: {},
  };
}

/** The remaining time to live is an observation: a replay makes it anew. */
function withLeadNow(state: LedgerState, body: object, now: number): object {
  if (!("remaining_ttl_ms" in body) || !("expires_at_ms" in body)) return body;
  const { reservation_id: id } = body as { reservation_id?: string };
  const active = id === undefined || state.active.has(id);
  return { ...body, remaining_ttl_ms: active ? Math.max(0, Number(body.expires_at_ms) - now) : 0 };
}

/** The same text for the same JSON value, whatever the order of its keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(",")}}`;
}
