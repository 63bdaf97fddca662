// The requests of a pair, for the contenders that write them by hand.
import { ACTION, ACTUAL, API_KEY, ESTIMATE, TENANT } from "./responses.mjs";

export const HEADERS = { "content-type": "application/json", "x-cycles-api-key": API_KEY };

export function reservation() {
  return {
    idempotency_key: crypto.randomUUID(),
    subject: { tenant: TENANT },
    action: ACTION,
    estimate: ESTIMATE,
  };
}

export function commitment() {
  return { idempotency_key: crypto.randomUUID(), actual: ACTUAL };
}
