import { isRefusal, refuse } from "./refusal.js";
import type { Execution, LedgerState, Replay, StoredResult } from "./state.js";

/**
 * A request with an idempotency key: its tenant, its operation, its reservation if it has one, and
 * its body.
 */
export interface Intent {
  readonly tenant: string;
  readonly endpoint: string;
  readonly reservation?: string;
  readonly body: { readonly idempotency_key: string };
}

/**
 * Calls `act` once for each key. If a key is repeated with the same body, returns the first result
 * again. If the body differs, refuses. Bodies are the same if `textOf` returns the same text for them.
 * Refusals are not stored. (Protocol: idempotency.)
 */
export function once(
  state: LedgerState,
  intent: Intent,
  textOf: (body: object) => string,
  now: number,
  act: () => Execution<StoredResult>,
): Execution<StoredResult> {
  const key = replayKey(intent);
  const stored = state.replays.get(key);
  if (stored) {
    const isSame = textOf(stored.body) === textOf(intent.body);
    return { result: isSame ? replayed(state, stored, now) : MISMATCH, changes: {} };
  }

  const { result, changes } = act();
  if (isRefusal(result)) return { result, changes: {} };
  const reservation = intent.reservation ?? changes.reservation?.id;
  const json = JSON.stringify(result);
  const replay = { key, body: intent.body, result: json, reservation };
  return { result, json, changes: { ...changes, replay } };
}

const MISMATCH = refuse(
  "IDEMPOTENCY_MISMATCH",
  "This idempotency key was used with another body: repeat the request unchanged, or use a new key",
);

/** Only the last part can contain a space. */
export function replayKey({ tenant, endpoint, reservation = "", body }: Intent): string {
  return `${tenant} ${endpoint} ${reservation} ${body.idempotency_key}`;
}

function replayed({ reservations }: LedgerState, stored: Replay, now: number): StoredResult {
  // `once` wrote this text from a result of this type.
  const result = JSON.parse(stored.result) as StoredResult;
  if (!("remaining_ttl_ms" in result)) return result;
  const reservation = reservations.get(stored.reservation ?? "");
  const left = reservation?.status === "ACTIVE" ? (result.expires_at_ms ?? now) - now : 0;
  return { ...result, remaining_ttl_ms: Math.max(0, left) };
}

/**
 * JSON with the keys of every object sorted, so that equal values have equal text. The values of the
 * members in `inOrder` keep their order.
 */
export function canonicalJson(value: unknown, inOrder: ReadonlySet<string> = new Set()): string {
  return JSON.stringify(sorted(value, inOrder));
}

function sorted(value: unknown, inOrder: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item, inOrder));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, item]) => [name, inOrder.has(name) ? item : sorted(item, inOrder)]),
  );
}
