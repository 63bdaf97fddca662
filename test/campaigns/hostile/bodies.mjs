const tokens = (amount) => ({ unit: "TOKENS", amount });

const BALANCES = [
  {
    scope: "tenant:acme",
    scope_path: "tenant:acme",
    remaining: tokens(900),
    reserved: tokens(100),
    spent: tokens(0),
    debt: tokens(0),
    allocated: tokens(1_000),
    overdraft_limit: tokens(0),
    is_over_limit: false,
  },
];

const HASH = "a".repeat(64);

function reservation(id, now) {
  return {
    reservation_id: id,
    status: "ACTIVE",
    subject: { tenant: "acme", dimensions: { team: "search" } },
    action: { kind: "llm.completion", name: "chat", tags: ["a"] },
    reserved: tokens(100),
    created_at_ms: now,
    expires_at_ms: now + 60_000,
    scope_path: "tenant:acme",
    affected_scopes: ["tenant:acme"],
    metadata: { note: "mine" },
  };
}

/**
 * What a correct server responds to each operation: the status and the body.
 * @type {Record<string, { status: number, body: (id: string, now: number) => object, required: string[] }>}
 */
export const GOOD = {
  createReservation: {
    status: 200,
    required: ["decision", "affected_scopes"],
    body: (id, now) => ({
      decision: "ALLOW",
      reserved: tokens(100),
      scope_path: "tenant:acme",
      affected_scopes: ["tenant:acme"],
      reservation_id: id,
      expires_at_ms: now + 60_000,
      remaining_ttl_ms: 60_000,
      balances: BALANCES,
    }),
  },
  commitReservation: {
    status: 200,
    required: ["status", "charged"],
    body: () => ({
      status: "COMMITTED",
      charged: tokens(3),
      released: tokens(97),
      balances: BALANCES,
    }),
  },
  releaseReservation: {
    status: 200,
    required: ["status", "released"],
    body: () => ({ status: "RELEASED", released: tokens(100), balances: BALANCES }),
  },
  extendReservation: {
    status: 200,
    required: ["status", "expires_at_ms"],
    body: (_, now) => ({
      status: "ACTIVE",
      expires_at_ms: now + 60_000,
      remaining_ttl_ms: 60_000,
      balances: BALANCES,
    }),
  },
  createEvent: {
    status: 201,
    required: ["status", "event_id"],
    body: (id) => ({ status: "APPLIED", event_id: `event-${id}`, balances: BALANCES }),
  },
  decide: {
    status: 200,
    required: ["decision"],
    body: () => ({ decision: "ALLOW", affected_scopes: ["tenant:acme"] }),
  },
  getReservation: { status: 200, required: ["reservation_id", "status"], body: reservation },
  listReservations: {
    status: 200,
    required: ["reservations"],
    body: (id, now) => ({ reservations: [reservation(id, now)], has_more: false }),
  },
  getBalances: {
    status: 200,
    required: ["balances"],
    body: () => ({ balances: BALANCES, has_more: false }),
  },
  getEvidence: {
    status: 200,
    required: ["schema_version"],
    body: () => ({
      schema_version: "cycles-evidence/v0.1",
      artifact_type: "reserve",
      server_id: "https://cycles.invalid/v1",
      payload: { nested: [1, null] },
      evidence_id: HASH,
    }),
  },
  getEvidenceJwks: {
    status: 200,
    required: ["keys"],
    body: () => ({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "one", x: "AAAA" }] }),
  },
};

/**
 * Finds the operation of a request, and the reservation id in its path.
 * @param {string} method
 * @param {string} url
 */
export function routeOf(method, url) {
  const [, id = "", action = ""] = /\/v1\/reservations\/([^/?]+)(?:\/(\w+))?/.exec(url) ?? [];
  const named = {
    commit: "commitReservation",
    extend: "extendReservation",
    release: "releaseReservation",
  };
  if (action in named) return { operation: named[action], id: decodeURIComponent(id) };
  if (id !== "") return { operation: "getReservation", id: decodeURIComponent(id) };
  /** @type {[RegExp, string][]} */
  const collections = [
    [/\/v1\/reservations/, method === "POST" ? "createReservation" : "listReservations"],
    [/\/v1\/events/, "createEvent"],
    [/\/v1\/decide/, "decide"],
    [/\/v1\/balances/, "getBalances"],
    [/jwks/, "getEvidenceJwks"],
    [/evidence/, "getEvidence"],
  ];
  const operation = collections.find(([pattern]) => pattern.test(url))?.[1] ?? "decide";
  return { operation, id: "" };
}
