import { canonicalJson } from "../canonical.js";
import { isRefusal, refuse, type Refusal } from "../refusal.js";
import type { Execution, LedgerState, Replay, StoredResult } from "./state.js";

/** One intent of a caller: the tenant, what it does (and to which reservation), and the body with its key. */
export interface Intent {
  readonly tenant: string;
  readonly endpoint: string;
  readonly reservation?: string;
  readonly body: { readonly idempotency_key: string };
}

/**
 * Does something once for each key: a repeated key gets the first success again, another body under it is
 * refused. Refusals are not remembered. (Protocol: idempotency.)
 */
export function once(
  state: LedgerState,
  intent: Intent,
  now: number,
  act: () => Execution<StoredResult>,
): Execution<StoredResult> {
  const key = replayKey(intent);
  const payload = canonicalJson(intent.body);
  const stored = state.replays.get(key);
  if (stored) return { result: replayed(state, stored, payload, now), changes: {} };

  const { result, changes } = act();
  if (isRefusal(result)) return { result, changes: {} };
  const reservation = intent.reservation ?? changes.reservation?.id;
  return { result, changes: { ...changes, replay: { key, payload, result, reservation } } };
}

export function replayKey({ tenant, endpoint, reservation, body }: Intent): string {
  return JSON.stringify([tenant, endpoint, reservation ?? "", body.idempotency_key]);
}

function replayed(
  state: LedgerState,
  stored: Replay,
  payload: string,
  now: number,
): StoredResult | Refusal {
  if (stored.payload !== payload) {
    return refuse(
      "IDEMPOTENCY_MISMATCH",
      "This idempotency key was used with another body: repeat a request unchanged, or use a fresh key",
    );
  }
  const { result } = stored;
  if (!("remaining_ttl_ms" in result)) return result;
  const reservation = state.reservations.get(stored.reservation ?? "");
  const left = reservation?.status === "ACTIVE" ? (result.expires_at_ms ?? now) - now : 0;
  return { ...result, remaining_ttl_ms: Math.max(0, left) };
}
