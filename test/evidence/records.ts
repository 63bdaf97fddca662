import type { OperationId } from "../../generated/operations.js";
import { cents, embedded, idOf, START } from "../embedded/http.js";
import type { Members } from "./signing.js";

export const SERVER_ID = "https://cycles.example.com/v1";
export const ISSUED_AT = START + 1_000;

const subject = {
  tenant: "acme",
  agent: "researcher",
  dimensions: { cost_center: "r&d", "größe/~": "1" },
};
const action = { kind: "llm.completion", name: "gpt-4o-mini", tags: ["prod", "batch"] };
const metadata = {
  ключ: "значение 🪙",
  nested: { list: [1, 2.5, null, { deep: true }] },
  empty: {},
};

/** Records of real responses, without id and signature. Each has every kind of member. */
export async function unsignedRecords(signerDid: string): Promise<Record<string, Members>> {
  const { call } = embedded();
  let keys = 0;
  const exchange = async (operation: OperationId, body: Members, id?: string) => {
    const request = { idempotency_key: `key-${(keys += 1)}`, ...body };
    const { status, body: response } = await call(
      operation,
      request,
      id === undefined ? {} : { id },
    );
    return { status, request, response: attested(response) };
  };
  const reserve = (amount: number, more: Members = {}) =>
    exchange("createReservation", { subject, action, estimate: cents(amount), ...more });

  const decided = await exchange("decide", { subject, action, estimate: cents(10), metadata });
  const reserved = await reserve(20, { ttl_ms: 60_000, metadata });
  const dryRun = await reserve(1_000, { dry_run: true });
  const denied = await reserve(1_000);
  const id = idOf({ body: reserved.response });
  const metrics = { tokens_input: 10, model_version: "2026-01", custom: { cached: false } };
  const committed = await exchange(
    "commitReservation",
    { actual: cents(15), metrics, metadata },
    id,
  );
  const again = await exchange("commitReservation", { actual: cents(16) }, id);
  const other = idOf({ body: (await reserve(5)).response });
  const released = await exchange("releaseReservation", { reason: "not needed" }, other);

  const record = (type: string, payload: Members): Members => ({
    schema_version: "cycles-evidence/v0.1",
    artifact_type: type,
    server_id: SERVER_ID,
    signer_did: signerDid,
    issued_at_ms: ISSUED_AT,
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    payload: { [type]: payload },
    evidence_id: "",
    signature: "",
  });
  const pair = ({ request, response }: Members) => ({ request, response });
  const path = "POST /v1/reservations";
  return {
    decide: record("decide", pair(decided)),
    reserve: record("reserve", pair(reserved)),
    "a dry run": record("reserve", pair(dryRun)),
    commit: record("commit", { reservation_id: id, ...pair(committed) }),
    release: record("release", { reservation_id: other, ...pair(released) }),
    error: record("error", { endpoint: path, http_status: denied.status, ...pair(denied) }),
    "an error of a commit": record("error", {
      endpoint: `${path}/{reservation_id}/commit`,
      http_status: again.status,
      reservation_id: id,
      response: again.response,
    }),
  };
}

/** A response as a server signs it: without the members that describe its transport. */
function attested(response: Members): Members {
  const { cycles_evidence: _reference, remaining_ttl_ms: _lease, ...signed } = response;
  return signed;
}
