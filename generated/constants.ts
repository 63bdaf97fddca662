// Generated from the contract in openapi/ by `npm run generate`. Do not edit.

/** The units of amounts. */
export const units = ["USD_MICROCENTS", "TOKENS", "CREDITS", "RISK_POINTS"] as const;

/** The codes of errors. */
export const errorCodes = [
  "INVALID_REQUEST",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "NOT_FOUND",
  "BUDGET_EXCEEDED",
  "BUDGET_FROZEN",
  "BUDGET_CLOSED",
  "RESERVATION_EXPIRED",
  "RESERVATION_FINALIZED",
  "IDEMPOTENCY_MISMATCH",
  "UNIT_MISMATCH",
  "OVERDRAFT_LIMIT_EXCEEDED",
  "DEBT_OUTSTANDING",
  "MAX_EXTENSIONS_EXCEEDED",
  "LIMIT_EXCEEDED",
  "TENANT_CLOSED",
  "INTERNAL_ERROR",
] as const;

/** The other closed lists of the contract, by component. */
export const enums = {
  DecisionEnum: ["ALLOW", "ALLOW_WITH_CAPS", "DENY"],
  ReservationStatus: ["ACTIVE", "COMMITTED", "RELEASED", "EXPIRED"],
  CommitOveragePolicy: ["REJECT", "ALLOW_IF_AVAILABLE", "ALLOW_WITH_OVERDRAFT"],
  SortDirection: ["asc", "desc"],
} as const;

/** The defaults of fields and parameters, by component. */
export const defaults = {
  ReservationCreateRequest: {
    ttl_ms: 60000,
    grace_period_ms: 5000,
    overage_policy: "ALLOW_IF_AVAILABLE",
    dry_run: false,
  },
  EventCreateRequest: { overage_policy: "ALLOW_IF_AVAILABLE" },
  Limit: 50,
} as const;

/** The levels of a subject, from the outermost in. */
export const subjectLevels = ["tenant", "workspace", "app", "workflow", "agent", "toolset"] as const;

/** The longest id at a level of a subject, in characters. */
export const subjectIdLength = 128;

/** The headers that carry credentials. */
export const securityHeaders = { ApiKeyAuth: "X-Cycles-API-Key", AdminKeyAuth: "X-Admin-API-Key" } as const;

/** The operations that need no credentials, such as `GET /v1/evidence/{evidence_id}`. */
export const publicRoutes: readonly string[] = [
  "GET /v1/evidence/{evidence_id}",
  "GET /v1/.well-known/cycles-jwks.json",
];
