// Generated from the contract in openapi/ by `npm run generate`. Do not edit.

export interface paths {
    "/v1/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether a spend would be allowed
         * @description Returns the decision that a reserve would get now, and holds nothing. Use it to choose a cheaper model or stop early; reserve before you spend. For debt, a frozen budget or a closed tenant it is a 200 with `DENY`; only a malformed request or a wrong unit is an error. A repeated `idempotency_key` returns the first decision, which says nothing about the current budget.
         */
        post: operations["decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List reservations
         * @description Finds reservations whose ids were lost, and leases that were never settled. A row must match all filters. Set `sort_by=created_at_ms` to read every page: without a sort, servers scan in no particular order and may repeat rows or send empty pages. Servers need not offer this operation.
         */
        get: operations["listReservations"];
        put?: never;
        /**
         * Reserve budget before the work
         * @description Holds `estimate` at every budgeted scope of the subject, or at none. Then do the work, and commit what it cost or release it before the lease runs out. Refusals are 409s, checked from the tenant down: frozen, closed, over limit, in debt, too little left; the first check that fails decides the error. After a timeout or a 5xx, send the same body with the same key: if the reservation was already made, the server returns it.
         */
        post: operations["createReservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look up one reservation
         * @description Everything that the server has recorded about a reservation, open or settled. For an expired reservation it is a 410, but the list still has its row. Reading works even after the tenant has been closed.
         */
        get: operations["getReservation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation_id}/commit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Commit what the work cost
         * @description Charges the true cost and ends the reservation; what was held beyond it goes back. The server accepts it until `expires_at_ms` plus the grace period. Retry with the same key and body until the server has clearly accepted or refused it. Money that was spent must be recorded, so never release after the work was done. After a 410, post the spend as an event under the same key.
         */
        post: operations["commitReservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation_id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release what was not used
         * @description Gives back the whole amount that is held and ends the reservation. Use it only for work that did not happen; commit any spend instead. If a release is lost, the budget comes back when the lease expires. With an admin key, an operator can end any tenant's reservation; the audit log records this.
         */
        post: operations["releaseReservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation_id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extend a reservation's lease
         * @description Keeps a reservation active while the work continues; only the expiry changes. It must arrive before `expires_at_ms`: the grace period does not count. Plan the next heartbeat from the `remaining_ttl_ms` of each response, minus the round trip, early enough for one failed attempt and a retry with the same key. The number of extensions is limited (10 on the reference server). A failed extension is not a reason to stop the work or skip the commit.
         */
        post: operations["extendReservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/balances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read balances
         * @description What is left, held, spent and owed at the scopes that match, within the key's tenant. Name at least one level, or the request fails with 400. It is a snapshot for people and dashboards: to find out whether a spend is allowed, reserve. Servers need not offer this operation.
         */
        get: operations["getBalances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Charge spend that has already happened
         * @description Records a cost without a reservation, either because it could not be estimated or because its reservation expired before the commit arrived. All budgeted scopes are charged together. Success is 201. If the budget is frozen, closed or exceeded, only an operator can change that, so keep the record and try again later. Servers need not offer this operation.
         */
        post: operations["createEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence/{evidence_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Fetch a signed record
         * @description The record behind a `cycles_evidence` reference, exactly as it was signed. No API key is needed: anyone who knows the id may read it, and its hash and signature reveal any change. It is stored a moment after the operation, so a new id may return 404 at first. It never changes and may be cached forever.
         */
        get: operations["getEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/.well-known/cycles-jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Fetch the keys that verify evidence
         * @description The server's public signing keys, which prove that this server made a signature. Use the key whose validity window covers the envelope's `issued_at_ms`. No API key is needed. Cache it briefly; it changes when keys rotate. The path is below `/v1`, not at the root of the host.
         */
        get: operations["getEvidenceJwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description What an amount counts. `USD_MICROCENTS` is money: 1 USD = 100,000,000, so one cent is 1,000,000. `TOKENS` counts model tokens; `CREDITS` and `RISK_POINTS` mean what your operator defines. Budgets are kept per scope *and* unit: a request in a unit that has no budget fails even if there is a budget in another unit.
         * @enum {string}
         */
        UnitEnum: "USD_MICROCENTS" | "TOKENS" | "CREDITS" | "RISK_POINTS";
        Amount: Amount;
        SignedAmount: SignedAmount;
        Subject: Subject;
        Action: Action;
        DecisionRequest: DecisionRequest;
        DecisionResponse: DecisionResponse;
        /**
         * @description `ALLOW`: go ahead. `ALLOW_WITH_CAPS`: go ahead within `caps`. `DENY`: do not; `reason_code` says why. Treat any value you do not know as a denial.
         * @enum {string}
         */
        DecisionEnum: "ALLOW" | "ALLOW_WITH_CAPS" | "DENY";
        /**
         * @description Why the decision is `DENY`. An open list: treat a code you do not know as a plain denial.
         *
         *     - `BUDGET_EXCEEDED`: a scope has less left than the estimate.
         *     - `BUDGET_FROZEN`, `BUDGET_CLOSED`: an operator stopped the budget, temporarily or permanently.
         *     - `BUDGET_NOT_FOUND`: no scope has a budget in this unit (a live reserve is a 404 instead).
         *     - `OVERDRAFT_LIMIT_EXCEEDED`: a scope is over its limit until an operator reconciles it.
         *     - `DEBT_OUTSTANDING`: a scope has debt and may not have any.
         *     - `TENANT_CLOSED`: the tenant has been shut down.
         *     - `ACTION_QUOTA_EXCEEDED`, `ACTION_KIND_DENIED`, `ACTION_KIND_NOT_ALLOWED`: a policy on the action, on
         *       newer servers.
         */
        DecisionReasonCode: string;
        Caps: Caps;
        /**
         * @description `ACTIVE` holds budget; the other states are final: committed, released or expired. The server looks for expired leases every few seconds, so a reservation may be `ACTIVE` for a moment after its expiry. Later versions may add further states.
         * @enum {string}
         */
        ReservationStatus: "ACTIVE" | "COMMITTED" | "RELEASED" | "EXPIRED";
        /**
         * @description What happens when the actual cost exceeds the reserved amount.
         *
         *     - `REJECT`: the commit is refused and the reservation stays open. The money is still spent, so reserve
         *       with a margin of 10 to 20 %.
         *     - `ALLOW_IF_AVAILABLE`: the overrun is charged as far as the budget reaches. If the budget does not
         *       cover all of it, the scopes without enough budget go over limit and accept no new reserves until an
         *       operator clears them. This policy makes no debt.
         *     - `ALLOW_WITH_OVERDRAFT`: what the budget cannot cover becomes debt, up to each scope's
         *       `overdraft_limit`; past that the commit is refused with `OVERDRAFT_LIMIT_EXCEEDED`. Concurrent
         *       commits may still take a scope past its limit.
         * @enum {string}
         */
        CommitOveragePolicy: "REJECT" | "ALLOW_IF_AVAILABLE" | "ALLOW_WITH_OVERDRAFT";
        ReservationCreateRequest: ReservationCreateRequest;
        ReservationCreateResponse: ReservationCreateResponse;
        ReservationExtendRequest: ReservationExtendRequest;
        ReservationExtendResponse: ReservationExtendResponse;
        ReservationDetail: ReservationDetail;
        ReservationSummary: ReservationSummary;
        ReservationListResponse: ReservationListResponse;
        CommitRequest: CommitRequest;
        CommitResponse: CommitResponse;
        ReleaseRequest: ReleaseRequest;
        ReleaseResponse: ReleaseResponse;
        StandardMetrics: StandardMetrics;
        Balance: Balance;
        BalanceResponse: BalanceResponse;
        EventCreateRequest: EventCreateRequest;
        EventCreateResponse: EventCreateResponse;
        /** @description A signed record of one response of the server. Anyone can verify it offline: hash the RFC 8785 (JCS) canonical form with `evidence_id` and `signature` set to empty strings, compare with `evidence_id`, then verify the Ed25519 `signature`. Keep members that you do not know, because the hash covers them too. */
        CyclesEvidenceEnvelope: {
            /**
             * @description Format of the envelope.
             * @constant
             */
            schema_version: "cycles-evidence/v0.1";
            /**
             * @description Which operation is recorded; `error` is a refusal, such as a denied reserve.
             * @enum {string}
             */
            artifact_type: "decide" | "reserve" | "commit" | "release" | "error";
            /** @description Base URL of the server that signed, including `/v1`. */
            server_id: string;
            /** @description Who signed: an Ed25519 public key in hex, or `did:cycles:<hash of server_id>#<kid>`, which is looked up in that server's key set. */
            signer_did: string;
            /**
             * Format: int64
             * @description When it was issued, in Unix milliseconds. The signing key must have been valid then, not now.
             */
            issued_at_ms: number;
            /** @description Trace of the recorded request, if known. */
            trace_id?: string;
            /** @description The recorded request and response: one member, named like `artifact_type`. */
            payload: Record<string, never>;
            /** @description Content hash of this envelope, and the id it is fetched by. */
            evidence_id: string;
            /** @description Ed25519 signature, 128 lowercase hex digits. */
            signature: string;
        } & {
            [key: string]: unknown;
        };
        CyclesEvidence: CyclesEvidence;
        EvidencePayload: EvidencePayload;
        DecideEvidence: DecideEvidence;
        ReserveEvidence: ReserveEvidence;
        CommitEvidence: CommitEvidence;
        ReleaseEvidence: ReleaseEvidence;
        /** @description A refusal by one of the four operations. */
        ErrorEvidence: {
            /**
             * @description The operation that was refused.
             * @enum {string}
             */
            endpoint: "POST /v1/decide" | "POST /v1/reservations" | "POST /v1/reservations/{reservation_id}/commit" | "POST /v1/reservations/{reservation_id}/release";
            /** @description Status of the response. */
            http_status: number;
            /** @description The reservation of a commit or release. Other operations have none. */
            reservation_id?: string;
            /** @description Body of the request, unless the server leaves it out of its records. */
            request?: Record<string, never>;
            /** @description The response, without the reference to this record. */
            response: components["schemas"]["ErrorResponse"];
        } & (unknown & unknown & unknown & unknown);
        CyclesEvidenceRef: CyclesEvidenceRef;
        ReservationEvidence: ReservationEvidence;
        /** @description The server's public signing keys, an RFC 7517 key set. Retired keys stay in it, so that older evidence can still be verified. */
        CyclesEvidenceJwks: {
            /** @description All keys, past and present. Choose by validity window, not by position. */
            keys: components["schemas"]["CyclesEvidenceJwk"][];
        } & {
            [key: string]: unknown;
        };
        /** @description One Ed25519 public key and the time span in which it signed. */
        CyclesEvidenceJwk: {
            /**
             * @description Key type, always an octet key pair.
             * @constant
             */
            kty: "OKP";
            /**
             * @description Curve, always Ed25519.
             * @constant
             */
            crv: "Ed25519";
            /**
             * @description Signature algorithm, if stated. A key with another algorithm is not usable.
             * @constant
             */
            alg?: "EdDSA";
            /** @description The 32 bytes of the public key, in base64url without padding. */
            x: string;
            /** @description Name of the key, equal to what follows `#` in a `did:cycles` signer. */
            kid: string;
            /**
             * Format: int64
             * @description Start of validity, in Unix milliseconds, inclusive.
             */
            cycles_nbf_ms: number;
            /**
             * Format: int64
             * @description End of validity, in Unix milliseconds, exclusive. Null or missing while the key is in use.
             */
            cycles_exp_ms?: number | null;
            /**
             * @description For information only. The validity window decides whether a key applies.
             * @enum {string}
             */
            status?: "active" | "retired";
        } & {
            [key: string]: unknown;
        };
        /**
         * @description What went wrong, by HTTP status. Newer servers may add codes: fall back on the status.
         *
         *     - 400 `INVALID_REQUEST`: malformed or out of limits. `UNIT_MISMATCH`: budgets exist only in other units.
         *     - 401 `UNAUTHORIZED`: key missing, wrong or revoked. 403 `FORBIDDEN`: another tenant's, or not
         *       permitted.
         *     - 404 `NOT_FOUND`: no such reservation, or no budget at any scope.
         *     - 409 `BUDGET_EXCEEDED`: too little left. `BUDGET_FROZEN`, `BUDGET_CLOSED`: stopped by an operator.
         *       `OVERDRAFT_LIMIT_EXCEEDED`: over the limit, or would go over. `DEBT_OUTSTANDING`: debt that is
         *       not allowed. `RESERVATION_FINALIZED`: already committed or released. `IDEMPOTENCY_MISMATCH`: the key was
         *       used with another body. `MAX_EXTENSIONS_EXCEEDED`: no extensions left. `TENANT_CLOSED`: tenant shut
         *       down.
         *     - 410 `RESERVATION_EXPIRED`: the lease has run out.
         *     - 429 `LIMIT_EXCEEDED`: throttled; this concerns the request rate, not the budget.
         *     - 500 `INTERNAL_ERROR`: unknown outcome; retry with the same key.
         * @enum {string}
         */
        ErrorCode: "INVALID_REQUEST" | "UNAUTHORIZED" | "FORBIDDEN" | "NOT_FOUND" | "BUDGET_EXCEEDED" | "BUDGET_FROZEN" | "BUDGET_CLOSED" | "RESERVATION_EXPIRED" | "RESERVATION_FINALIZED" | "IDEMPOTENCY_MISMATCH" | "UNIT_MISMATCH" | "OVERDRAFT_LIMIT_EXCEEDED" | "DEBT_OUTSTANDING" | "MAX_EXTENSIONS_EXCEEDED" | "LIMIT_EXCEEDED" | "TENANT_CLOSED" | "INTERNAL_ERROR";
        ErrorResponse: ErrorResponse;
        /** @description Names one intent, so that repeating the request cannot repeat its effect. Choose a fresh value (a UUID) per operation, and on every retry send the same key with a byte-for-byte equal body. A different body with a used key fails with 409 `IDEMPOTENCY_MISMATCH`. */
        IdempotencyKey: string;
        /**
         * @description Which end of the sorted list comes first. `desc`, largest or newest first, is the default.
         * @default desc
         * @enum {string}
         */
        SortDirection: "asc" | "desc";
    };
    responses: {
        /** @description The request was refused or failed. Branch on the HTTP status, then on `error`; keep `request_id` for the operator. */
        ErrorResponse: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
    };
    parameters: {
        /** @description The body's `idempotency_key`, repeated so that proxies and logs can see it. Leave it out, or send the same value as in the body: the server refuses two different values. A header can hold only printable ASCII without spaces at the ends; the body has no such limit. */
        IdempotencyKeyHeader: components["schemas"]["IdempotencyKey"];
        /** @description The `reservation_id` that the reserve returned. It is opaque; percent-encode it if you build a URL by hand. */
        ReservationId: string;
        /** @description The `evidence_id` of a `cycles_evidence` reference, a SHA-256 digest in 64 lowercase hex digits. */
        EvidenceId: string;
        /** @description The most rows on a page, 50 by default. It may change from one page to the next. A shorter page need not be the last one: use `has_more` and `next_cursor`. */
        Limit: number;
        /** @description Where to continue: the unchanged `next_cursor` of the previous page. It belongs to the sort and the filters of its listing: keep those the same, or the request fails with 400. */
        Cursor: string;
    };
    requestBodies: never;
    headers: {
        /** @description The server's own id for this one HTTP request. Quote it when you ask an operator about a response. */
        "X-Request-Id": string;
        /** @description The trace this request belongs to, in 32 lowercase hex digits: the caller's if a valid one was sent, otherwise a new one. It also appears in the server's logs, audit entries and webhooks. */
        "X-Cycles-Trace-Id": string;
        /** @description Requests left before throttling starts. The reference server sends -1, which means there is no limit. */
        "X-RateLimit-Remaining": number;
        /** @description When the current rate window ends, in Unix **seconds** (most other times here are milliseconds). The reference server sends 0 if no limit applies. */
        "X-RateLimit-Reset": number;
        /** @description How long the response may be cached. Evidence never changes; a key set changes when keys rotate. */
        "Cache-Control": string;
        /** @description Whole seconds to wait before the next attempt, on 429. The date form of this header is not part of the contract: treat it as missing. */
        "Retry-After": number;
        /** @description The tenant that the credentials resolved to. Servers may leave it out. */
        "X-Cycles-Tenant": string;
        /** @description When the response was made, to the second. A proxy may have set it, by another clock than the ledger's. Never compute a lease from it: use `remaining_ttl_ms`. */
        Date: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    decide: {
        parameters: {
            query?: never;
            header?: {
                /** @description The body's `idempotency_key`, repeated so that proxies and logs can see it. Leave it out, or send the same value as in the body: the server refuses two different values. A header can hold only printable ASCII without spaces at the ends; the body has no such limit. */
                "X-Idempotency-Key"?: components["parameters"]["IdempotencyKeyHeader"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The spend to ask about. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecisionRequest"];
            };
        };
        responses: {
            /** @description The decision, whether it allows or denies. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionResponse"];
                };
            };
            /** @description Malformed or out of limits (`INVALID_REQUEST`), or budgets exist only in other units (`UNIT_MISMATCH`). */
            400: components["responses"]["ErrorResponse"];
            /** @description The API key is missing or not accepted. */
            401: components["responses"]["ErrorResponse"];
            /** @description The subject names a tenant other than the key's. */
            403: components["responses"]["ErrorResponse"];
            /** @description The key was used with another body (`IDEMPOTENCY_MISMATCH`). */
            409: components["responses"]["ErrorResponse"];
            /** @description An error inside the server. Retry with the same key. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    listReservations: {
        parameters: {
            query?: {
                /** @description Only the reservation made with this key. Recovers the id if the response to a reserve was lost. */
                idempotency_key?: components["schemas"]["IdempotencyKey"];
                /** @description Only reservations in this state; `ACTIVE` finds what still holds budget. */
                status?: components["schemas"]["ReservationStatus"];
                /** @description With an API key, optional and equal to the key's tenant (else 403). With an admin key, required: it chooses whose reservations to list. */
                tenant?: string;
                /** @description Only subjects with this workspace. */
                workspace?: string;
                /** @description Only subjects with this app. */
                app?: string;
                /** @description Only subjects with this workflow. */
                workflow?: string;
                /** @description Only subjects with this agent. */
                agent?: string;
                /** @description Only subjects with this toolset. */
                toolset?: string;
                /** @description Made at this time or later, regardless of the sort. ISO 8601. A `from` after `to` is a 400. */
                from?: string;
                /** @description Made at this time or earlier. ISO 8601. */
                to?: string;
                /** @description Expiring at this time or later. ISO 8601. Together with `status=ACTIVE` it finds leases that are about to expire. */
                expires_from?: string;
                /** @description Expiring at this time or earlier. ISO 8601. */
                expires_to?: string;
                /** @description Committed or released at this time or later. ISO 8601. Leaves out active and expired reservations, which have no such time. */
                finalized_from?: string;
                /** @description Committed or released at this time or earlier. ISO 8601. Leaves out active and expired reservations. */
                finalized_to?: string;
                /** @description What to sort by. Set it even for the default, `created_at_ms`, because only an explicit sort gives stable pages. `reserved` compares amounts. */
                sort_by?: "reservation_id" | "tenant" | "scope_path" | "status" | "reserved" | "created_at_ms" | "expires_at_ms";
                /** @description Direction of the sort. */
                sort_dir?: components["schemas"]["SortDirection"];
                /** @description Larger fields to add to each row, separated by commas: `metadata`, `committed_metadata`, `evidence`. Unknown names are ignored. It may change from page to page. */
                include?: string[];
                /** @description The most rows on a page, 50 by default. It may change from one page to the next. A shorter page need not be the last one: use `has_more` and `next_cursor`. */
                limit?: components["parameters"]["Limit"];
                /** @description Where to continue: the unchanged `next_cursor` of the previous page. It belongs to the sort and the filters of its listing: keep those the same, or the request fails with 400. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of reservations. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationListResponse"];
                };
            };
            /** @description A filter is malformed, a time window ends before it starts, the cursor belongs to another listing, or an admin key came without `tenant`. */
            400: components["responses"]["ErrorResponse"];
            /** @description The key is missing or not accepted. */
            401: components["responses"]["ErrorResponse"];
            /** @description The tenant asked for is not the key's. */
            403: components["responses"]["ErrorResponse"];
            /** @description An error inside the server. It is safe to retry. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    createReservation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The body's `idempotency_key`, repeated so that proxies and logs can see it. Leave it out, or send the same value as in the body: the server refuses two different values. A header can hold only printable ASCII without spaces at the ends; the body has no such limit. */
                "X-Idempotency-Key"?: components["parameters"]["IdempotencyKeyHeader"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description What to hold, for whom and how long. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReservationCreateRequest"];
            };
        };
        responses: {
            /** @description The amount is held, or the dry run has its decision. Check `decision` before going ahead. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    Date: components["headers"]["Date"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationCreateResponse"];
                };
            };
            /** @description Malformed or out of limits (`INVALID_REQUEST`), or budgets exist only in other units (`UNIT_MISMATCH`). */
            400: components["responses"]["ErrorResponse"];
            /** @description The API key is missing or not accepted. */
            401: components["responses"]["ErrorResponse"];
            /** @description The subject names a tenant other than the key's. */
            403: components["responses"]["ErrorResponse"];
            /** @description None of the scopes has any budget. Older servers also return this if the budget is in another unit, so check the unit as well as the subject. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Refused: `BUDGET_EXCEEDED`, `BUDGET_FROZEN`, `BUDGET_CLOSED`, `OVERDRAFT_LIMIT_EXCEEDED`, `DEBT_OUTSTANDING` or `TENANT_CLOSED`; or the key was used with another body (`IDEMPOTENCY_MISMATCH`). Nothing is held. */
            409: components["responses"]["ErrorResponse"];
            /** @description An error inside the server, which may hold the amount or not. Send the same request again. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    getReservation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `reservation_id` that the reserve returned. It is opaque; percent-encode it if you build a URL by hand. */
                reservation_id: components["parameters"]["ReservationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reservation. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationDetail"];
                };
            };
            /** @description The id is malformed. */
            400: components["responses"]["ErrorResponse"];
            /** @description The key is missing or not accepted. */
            401: components["responses"]["ErrorResponse"];
            /** @description The reservation belongs to another tenant. */
            403: components["responses"]["ErrorResponse"];
            /** @description No such reservation, or one that ended so long ago that the server no longer has it. */
            404: components["responses"]["ErrorResponse"];
            /** @description It has expired. List with its `idempotency_key` or `status=EXPIRED` to see the row. */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An error inside the server. It is safe to retry. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    commitReservation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The body's `idempotency_key`, repeated so that proxies and logs can see it. Leave it out, or send the same value as in the body: the server refuses two different values. A header can hold only printable ASCII without spaces at the ends; the body has no such limit. */
                "X-Idempotency-Key"?: components["parameters"]["IdempotencyKeyHeader"];
            };
            path: {
                /** @description The `reservation_id` that the reserve returned. It is opaque; percent-encode it if you build a URL by hand. */
                reservation_id: components["parameters"]["ReservationId"];
            };
            cookie?: never;
        };
        /** @description The cost, with metrics and metadata. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommitRequest"];
            };
        };
        responses: {
            /** @description Charged; the reservation is committed. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommitResponse"];
                };
            };
            /** @description Malformed (`INVALID_REQUEST`), or not in the unit that was reserved (`UNIT_MISMATCH`). The reservation stays open. */
            400: components["responses"]["ErrorResponse"];
            /** @description The API key is missing or not accepted. Keep the settlement and retry it once the key is right. */
            401: components["responses"]["ErrorResponse"];
            /** @description The reservation belongs to another tenant. */
            403: components["responses"]["ErrorResponse"];
            /** @description No such reservation, or one that was settled so long ago (30 days on the reference server) that the server no longer has it. */
            404: components["responses"]["ErrorResponse"];
            /** @description Refused. After `BUDGET_EXCEEDED` or `OVERDRAFT_LIMIT_EXCEEDED` the reservation is still active and may be committed with another key and amount. After `RESERVATION_FINALIZED`, `TENANT_CLOSED` or `IDEMPOTENCY_MISMATCH`, a retry does not help. */
            409: components["responses"]["ErrorResponse"];
            /** @description Lease and grace period are over (`RESERVATION_EXPIRED`). Post the spend as an event. */
            410: components["responses"]["ErrorResponse"];
            /** @description It is unknown whether it was charged. Retry with the same key and body. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    releaseReservation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The body's `idempotency_key`, repeated so that proxies and logs can see it. Leave it out, or send the same value as in the body: the server refuses two different values. A header can hold only printable ASCII without spaces at the ends; the body has no such limit. */
                "X-Idempotency-Key"?: components["parameters"]["IdempotencyKeyHeader"];
            };
            path: {
                /** @description The `reservation_id` that the reserve returned. It is opaque; percent-encode it if you build a URL by hand. */
                reservation_id: components["parameters"]["ReservationId"];
            };
            cookie?: never;
        };
        /** @description The idempotency key, and optionally a reason. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReleaseRequest"];
            };
        };
        responses: {
            /** @description Given back; the reservation is released. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseResponse"];
                };
            };
            /** @description The request is malformed. */
            400: components["responses"]["ErrorResponse"];
            /** @description The key is missing or not accepted. */
            401: components["responses"]["ErrorResponse"];
            /** @description The reservation belongs to another tenant. */
            403: components["responses"]["ErrorResponse"];
            /** @description No such reservation. */
            404: components["responses"]["ErrorResponse"];
            /** @description Already committed or released (`RESERVATION_FINALIZED`), the tenant is closed, or the key was used with another body. */
            409: components["responses"]["ErrorResponse"];
            /** @description Already expired, so nothing is held any more. */
            410: components["responses"]["ErrorResponse"];
            /** @description It is unknown whether it was released. Retry with the same key. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    extendReservation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The body's `idempotency_key`, repeated so that proxies and logs can see it. Leave it out, or send the same value as in the body: the server refuses two different values. A header can hold only printable ASCII without spaces at the ends; the body has no such limit. */
                "X-Idempotency-Key"?: components["parameters"]["IdempotencyKeyHeader"];
            };
            path: {
                /** @description The `reservation_id` that the reserve returned. It is opaque; percent-encode it if you build a URL by hand. */
                reservation_id: components["parameters"]["ReservationId"];
            };
            cookie?: never;
        };
        /** @description How much time to add. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReservationExtendRequest"];
            };
        };
        responses: {
            /** @description Extended, perhaps by less than was asked for. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    Date: components["headers"]["Date"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationExtendResponse"];
                };
            };
            /** @description The request is malformed or out of limits. */
            400: components["responses"]["ErrorResponse"];
            /** @description The API key is missing or not accepted. */
            401: components["responses"]["ErrorResponse"];
            /** @description The reservation belongs to another tenant. */
            403: components["responses"]["ErrorResponse"];
            /** @description No such reservation. Stop extending. */
            404: components["responses"]["ErrorResponse"];
            /** @description No longer possible (`RESERVATION_FINALIZED`, `MAX_EXTENSIONS_EXCEEDED`, `TENANT_CLOSED`), or the key was used with another body. Stop extending. */
            409: components["responses"]["ErrorResponse"];
            /** @description The lease has expired. Stop extending; the server still accepts a commit during the grace period. */
            410: components["responses"]["ErrorResponse"];
            /** @description Too many requests. Wait for `Retry-After` if the lease lasts that long; without a usable value, stop and report it. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description It is unknown whether it was extended. Retry with the same key while the lease leaves time for it. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    getBalances: {
        parameters: {
            query?: {
                /** @description The key's own tenant; any other fails with 403. */
                tenant?: string;
                /** @description Only scopes with this workspace. */
                workspace?: string;
                /** @description Only scopes with this app. */
                app?: string;
                /** @description Only scopes with this workflow. */
                workflow?: string;
                /** @description Only scopes with this agent. */
                agent?: string;
                /** @description Only scopes with this toolset. */
                toolset?: string;
                /** @description If true, asks for the scopes below as well. Servers may ignore it. */
                include_children?: boolean;
                /** @description The most rows on a page, 50 by default. It may change from one page to the next. A shorter page need not be the last one: use `has_more` and `next_cursor`. */
                limit?: components["parameters"]["Limit"];
                /** @description Where to continue: the unchanged `next_cursor` of the previous page. It belongs to the sort and the filters of its listing: keep those the same, or the request fails with 400. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of balances. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BalanceResponse"];
                };
            };
            /** @description No level was named, or the cursor belongs to another query. */
            400: components["responses"]["ErrorResponse"];
            /** @description The API key is missing or not accepted. */
            401: components["responses"]["ErrorResponse"];
            /** @description The tenant asked for is not the key's. */
            403: components["responses"]["ErrorResponse"];
            /** @description An error inside the server. It is safe to retry. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    createEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description The body's `idempotency_key`, repeated so that proxies and logs can see it. Leave it out, or send the same value as in the body: the server refuses two different values. A header can hold only printable ASCII without spaces at the ends; the body has no such limit. */
                "X-Idempotency-Key"?: components["parameters"]["IdempotencyKeyHeader"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The charge. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventCreateRequest"];
            };
        };
        responses: {
            /** @description Charged. `charged` tells how much, if the budget could not cover it all. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCreateResponse"];
                };
            };
            /** @description Malformed (`INVALID_REQUEST`), or budgets exist only in other units (`UNIT_MISMATCH`). */
            400: components["responses"]["ErrorResponse"];
            /** @description The API key is missing or not accepted. */
            401: components["responses"]["ErrorResponse"];
            /** @description The subject names a tenant other than the key's. */
            403: components["responses"]["ErrorResponse"];
            /** @description None of the scopes has any budget. Older servers also return this if the budget is in another unit, so check the unit as well as the subject. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Refused: `BUDGET_EXCEEDED` under `REJECT`, `OVERDRAFT_LIMIT_EXCEEDED` under `ALLOW_WITH_OVERDRAFT`, `BUDGET_FROZEN`, `BUDGET_CLOSED`, `TENANT_CLOSED`; or the key was used with another body. Nothing was charged. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "X-Cycles-Tenant": components["headers"]["X-Cycles-Tenant"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description It is unknown whether it was charged. Retry with the same key and body. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    getEvidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `evidence_id` of a `cycles_evidence` reference, a SHA-256 digest in 64 lowercase hex digits. */
                evidence_id: components["parameters"]["EvidenceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CyclesEvidenceEnvelope"];
                };
            };
            /** @description The id is not 64 lowercase hex digits. */
            400: components["responses"]["ErrorResponse"];
            /** @description No such record, or it is not stored yet. Retry a new id shortly. */
            404: components["responses"]["ErrorResponse"];
            /** @description Too many requests. Retry after `Retry-After` seconds. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An error inside the server. It is safe to retry. */
            500: components["responses"]["ErrorResponse"];
        };
    };
    getEvidenceJwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key set. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Cycles-Trace-Id": components["headers"]["X-Cycles-Trace-Id"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CyclesEvidenceJwks"];
                };
            };
            /** @description This server publishes no keys. Signatures can still be checked against a key in hex that you already trust. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description Too many requests. Retry after `Retry-After` seconds. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorResponse"];
                };
            };
            /** @description An error inside the server. It is safe to retry. */
            500: components["responses"]["ErrorResponse"];
        };
    };
}
/** @description A whole, non-negative quantity of one unit. */
export interface Amount {
    /** @description What is being counted. It must not change between reserve and commit. */
    unit: components["schemas"]["UnitEnum"];
    /**
     * Format: int64
     * @description How many of `unit`, without fractions; round estimates up. 2,000,000 USD_MICROCENTS is 2 cents. JavaScript is exact up to 2^53, about 90 million dollars.
     */
    amount: number;
}
/** @description A whole quantity of one unit that may be below zero, as a balance in debt is. */
export interface SignedAmount {
    /** @description What is being counted. */
    unit: components["schemas"]["UnitEnum"];
    /**
     * Format: int64
     * @description How many of `unit`; negative if more has been used than the budget had.
     */
    amount: number;
}
/** @description Who is spending. The levels, from `tenant` down to `toolset`, become the budget scopes, for example `tenant:acme`, then `tenant:acme/workspace:prod`. At least one level is needed; a level that you leave out is skipped and gets no default. The reference server converts the scopes to lower case. Use only letters, digits, `_`, `.` and `-`: servers may refuse anything else. */
export interface Subject {
    /** @description The tenant of the API key; any other fails with 403. If you leave it out, no tenant scope is derived and the tenant's budget is not enforced for this spend. */
    tenant?: string;
    /** @description Team, project or environment within the tenant, such as `prod`. */
    workspace?: string;
    /** @description Application or service that spends. */
    app?: string;
    /** @description Workflow or run within the app; a per-run value gives each run a budget of its own, if one exists. */
    workflow?: string;
    /** @description Agent that spends, such as `planner`. */
    agent?: string;
    /** @description Group of tools the agent is using. The innermost level. */
    toolset?: string;
    /** @description Your own labels for reporting, such as `cost_center`: up to 16, each value at most 256 characters. They are stored and returned, do not have to affect any budget, and do not count as a level. */
    dimensions?: {
        [key: string]: string;
    };
}
/** @description What the money is for. Servers may use it in decisions, and reports show it. */
export interface Action {
    /** @description The kind of action, written `category.operation`, for instance `llm.completion` or `tool.search`. */
    kind: string;
    /** @description The model, tool or target, such as `openai:gpt-4o-mini`. Tool lists in `Caps` are matched against it, and case matters. */
    name: string;
    /** @description Up to ten labels that an operator's policy may use. */
    tags?: string[];
}
/** @description A spend to ask about. The request never holds budget. */
export interface DecisionRequest {
    /** @description A repeated request returns the first decision, for as long as the server remembers it (a day, on the reference server). Use a new key to ask about the current budget. */
    idempotency_key: components["schemas"]["IdempotencyKey"];
    /** @description Who would spend; the scopes to check are derived from it. */
    subject: components["schemas"]["Subject"];
    /** @description What it would be spent on. */
    action: components["schemas"]["Action"];
    /** @description What it might cost, in the unit of the budget. If no scope has a budget in this unit but one has a budget in another unit, the request fails with 400 `UNIT_MISMATCH`. */
    estimate: components["schemas"]["Amount"];
    /** @description Anything worth keeping for an audit. It does not affect the decision. */
    metadata?: {
        [key: string]: unknown;
    };
}
/** @description What a reserve would decide at this moment. It holds nothing: other agents may take the budget before you reserve. */
export interface DecisionResponse {
    /** @description The decision. Budget states such as debt or a frozen budget are `DENY` here, never a 409. */
    decision: components["schemas"]["DecisionEnum"];
    /** @description Limits to keep to. Sent with `ALLOW_WITH_CAPS` and no other decision. */
    caps?: components["schemas"]["Caps"];
    /** @description The reason, if the decision is `DENY`. */
    reason_code?: components["schemas"]["DecisionReasonCode"];
    /** @description Milliseconds after which the decision may be different. It is a hint, not a promise. */
    retry_after_ms?: number;
    /** @description The scopes that were checked, from the tenant downwards. */
    affected_scopes?: string[];
    /** @description Where the signed record of this decision is. Missing if the server does not sign records. */
    cycles_evidence?: components["schemas"]["CyclesEvidenceRef"];
}
/** @description Limits to work within after `ALLOW_WITH_CAPS`. The server cannot enforce them: the caller does. If `tool_allowlist` is not empty, only its tools may run. Otherwise every tool may run except those in `tool_denylist`. */
export interface Caps {
    /** @description The most tokens that the next model call should produce; pass it to that call as its limit. */
    max_tokens?: number;
    /** @description How many further agent steps to take before stopping. 0 means finish now. */
    max_steps_remaining?: number;
    /** @description If it is not empty, only these tools may run and `tool_denylist` has no effect. */
    tool_allowlist?: string[];
    /** @description Tools that may not run. Ignored while `tool_allowlist` has entries. */
    tool_denylist?: string[];
    /** @description Milliseconds to pause before the next action. */
    cooldown_ms?: number;
}
/** @description An amount to hold back before the work starts. */
export interface ReservationCreateRequest {
    /** @description Key of this reserve. If the response is lost, repeat the request with the same key to get the same reservation, or find the reservation by this key in the list. The reference server remembers the key for at least a day. */
    idempotency_key: components["schemas"]["IdempotencyKey"];
    /** @description Who spends. Every scope derived from it that has a budget in this unit must have enough left. */
    subject: components["schemas"]["Subject"];
    /** @description What will be done. */
    action: components["schemas"]["Action"];
    /** @description The amount to hold; the unit stays fixed for the commit. Prefer an estimate that is too high to one that is too low. */
    estimate: components["schemas"]["Amount"];
    /**
     * @description How long to hold it, in milliseconds, from 1 second to 24 hours. If it is left out, a default of the tenant takes precedence over this one. Servers may grant less than you ask for (the reference server grants at most one hour), so use the expiry in the response. Prefer short leases that you extend.
     * @default 60000
     */
    ttl_ms?: number;
    /**
     * @description How long after expiry the server still accepts a commit or release, in milliseconds, at most 60,000. The budget stays held until then. The grace period is for a settlement in progress. For longer work, extend the lease before it expires: the server accepts no extension in the grace period.
     * @default 5000
     */
    grace_period_ms?: number;
    /**
     * @description What happens if a commit exceeds the estimate. If it is left out, a default of the tenant takes precedence over this one.
     * @default ALLOW_IF_AVAILABLE
     */
    overage_policy?: components["schemas"]["CommitOveragePolicy"];
    /**
     * @description If true, the server evaluates the reserve and changes nothing: the response has a decision and scopes but no `reservation_id` or expiry, and a refusal is a 200 with `DENY`. There is nothing to commit.
     * @default false
     */
    dry_run?: boolean;
    /** @description Anything worth keeping with the reservation. Keep the order of keys on a retry, because the server compares bodies by hash. */
    metadata?: {
        [key: string]: unknown;
    };
}
/** @description The decision on a reserve. A live reserve that fails for lack of budget is a 409, so expect `DENY` on dry runs, but always treat it as a refusal. Do not start the work without a `reservation_id`. */
export interface ReservationCreateResponse {
    /** @description Whether to go ahead. */
    decision: components["schemas"]["DecisionEnum"];
    /** @description Handle for commit, release and extend. Sent with `ALLOW` and `ALLOW_WITH_CAPS` on a live reserve, never on a dry run. */
    reservation_id?: string;
    /** @description What is held now, or would be on a dry run. */
    reserved?: components["schemas"]["Amount"];
    /**
     * Format: int64
     * @description When the lease expires, in Unix milliseconds on the server's clock. Not sent on dry runs.
     */
    expires_at_ms?: number;
    /**
     * Format: int64
     * @description Milliseconds of lease left when the server wrote this response; plan extensions by it, minus the round trip. A replay computes it again, with 0 for a reservation that is no longer active. Not sent on dry runs, on denials, or by older servers.
     */
    remaining_ttl_ms?: number;
    /** @description The innermost scope in full, such as `tenant:acme/workspace:prod/agent:bot`. */
    scope_path?: string;
    /** @description The scopes concerned, from the tenant downwards. Also present on a denial. */
    affected_scopes: string[];
    /** @description Limits to keep to. Sent with `ALLOW_WITH_CAPS` and no other decision. */
    caps?: components["schemas"]["Caps"];
    /** @description The budgets concerned, as the reserve left them. Servers may leave them out. */
    balances?: components["schemas"]["Balance"][];
    /** @description The reason, if the decision is `DENY`. */
    reason_code?: components["schemas"]["DecisionReasonCode"];
    /** @description Milliseconds after which another attempt may succeed. It is a hint, not a promise. */
    retry_after_ms?: number;
    /** @description Where the signed record of this reserve is. Missing if the server does not sign records. */
    cycles_evidence?: components["schemas"]["CyclesEvidenceRef"];
}
/** @description Asks for more time. The amount held stays as it is. */
export interface ReservationExtendRequest {
    /** @description Key of this extension: use the same key when you retry it, and a new key for the next one. Otherwise a lost response extends the lease twice. */
    idempotency_key: components["schemas"]["IdempotencyKey"];
    /** @description Milliseconds to add to the *current expiry*, not to the present time. Adding a whole lease at every half lease accumulates time for which a crashed client still holds the budget. The server may grant less. */
    extend_by_ms: number;
    /** @description Anything worth keeping with this extension. */
    metadata?: {
        [key: string]: unknown;
    };
}
/** @description The lease as it stands after the extension. */
export interface ReservationExtendResponse {
    /**
     * @description Always `ACTIVE`.
     * @enum {string}
     */
    status: "ACTIVE";
    /**
     * Format: int64
     * @description The new expiry, in Unix milliseconds on the server's clock: what was granted, not what was asked for.
     */
    expires_at_ms: number;
    /**
     * Format: int64
     * @description Milliseconds of lease left when the server wrote this response; plan the next extension by it, minus the round trip. A replay computes it again, so it can be 0 after an extension that succeeded. Older servers do not send it.
     */
    remaining_ttl_ms?: number;
    /** @description The budgets concerned, unchanged by an extension. Servers may leave them out. */
    balances?: components["schemas"]["Balance"][];
}
/** @description Everything on record about one reservation. */
export interface ReservationDetail {
    /** @description Its id. */
    reservation_id: string;
    /** @description Its state. Reading an expired reservation is a 410, so this is one of the other states. */
    status: components["schemas"]["ReservationStatus"];
    /** @description The idempotency key of the reserve, if the server keeps it. */
    idempotency_key?: components["schemas"]["IdempotencyKey"];
    /** @description Who spends, as sent. */
    subject: components["schemas"]["Subject"];
    /** @description What for, as sent. */
    action: components["schemas"]["Action"];
    /** @description What was held when it was made. */
    reserved: components["schemas"]["Amount"];
    /** @description What was charged. Only on a committed reservation. */
    committed?: components["schemas"]["Amount"];
    /**
     * Format: int64
     * @description When it was made, Unix milliseconds.
     */
    created_at_ms: number;
    /**
     * Format: int64
     * @description When its lease expires, in Unix milliseconds, including extensions. Commits are accepted until the end of the grace period.
     */
    expires_at_ms: number;
    /**
     * Format: int64
     * @description When it was committed or released, Unix milliseconds. Missing while it is active, and if it expired.
     */
    finalized_at_ms?: number;
    /** @description The innermost scope in full. */
    scope_path: string;
    /** @description The scopes concerned, from the tenant downwards. */
    affected_scopes: string[];
    /** @description The metadata of the reserve. */
    metadata?: {
        [key: string]: unknown;
    };
    /** @description The metadata of the commit, if there was a commit with metadata. */
    committed_metadata?: {
        [key: string]: unknown;
    };
    /** @description Where its signed records are, for each operation that has one. */
    evidence?: components["schemas"]["ReservationEvidence"];
}
/** @description One row of a listing. Expired reservations appear here, unlike when they are fetched by id. */
export interface ReservationSummary {
    /** @description Its id. */
    reservation_id: string;
    /** @description Its state. */
    status: components["schemas"]["ReservationStatus"];
    /** @description The idempotency key of the reserve, if the server keeps it. */
    idempotency_key?: components["schemas"]["IdempotencyKey"];
    /** @description Who spends, as sent. */
    subject: components["schemas"]["Subject"];
    /** @description What for, as sent. */
    action: components["schemas"]["Action"];
    /** @description What was held when it was made. */
    reserved: components["schemas"]["Amount"];
    /**
     * Format: int64
     * @description When it was made, Unix milliseconds.
     */
    created_at_ms: number;
    /**
     * Format: int64
     * @description When its lease expires or expired, in Unix milliseconds, including extensions.
     */
    expires_at_ms: number;
    /**
     * Format: int64
     * @description When it was committed or released, Unix milliseconds. Missing while it is active, and if it expired.
     */
    finalized_at_ms?: number;
    /** @description The innermost scope in full. */
    scope_path: string;
    /** @description The scopes concerned, from the tenant downwards. */
    affected_scopes: string[];
    /** @description What was charged. Present on every committed row. */
    committed?: components["schemas"]["Amount"];
    /** @description The metadata of the reserve. Ask for it with `include=metadata`. */
    metadata?: {
        [key: string]: unknown;
    };
    /** @description The metadata of the commit. Ask for it with `include=committed_metadata`. */
    committed_metadata?: {
        [key: string]: unknown;
    };
    /** @description Where its signed records are. Ask for it with `include=evidence`. */
    evidence?: components["schemas"]["ReservationEvidence"];
}
/** @description One page of reservations. */
export interface ReservationListResponse {
    /** @description The rows. The list can be empty even if another page follows. */
    reservations: components["schemas"]["ReservationSummary"][];
    /** @description Send it back as `cursor`, with the same sort and filters, for the next page. Missing on the last page. */
    next_cursor?: string;
    /** @description Whether another page may follow. If so, `next_cursor` leads to it. */
    has_more?: boolean;
}
/** @description The true cost of work that a reservation covered. */
export interface CommitRequest {
    /** @description Keep it for this settlement until the server confirms it, also across restarts. Use another key only after a commit was *refused*, for an attempt with another amount. */
    idempotency_key: components["schemas"]["IdempotencyKey"];
    /** @description What it cost, in the unit of the estimate (any other is 400 `UNIT_MISMATCH`). If it is less than reserved, the rest goes back. If it is more, the reservation's `overage_policy` applies. */
    actual: components["schemas"]["Amount"];
    /** @description Measurements of the work, for reporting. */
    metrics?: components["schemas"]["StandardMetrics"];
    /** @description Stored with the settlement and read back as `committed_metadata`. Keep the order of keys on a retry. */
    metadata?: {
        [key: string]: unknown;
    };
}
/** @description The spend is in the ledger and the reservation has ended. */
export interface CommitResponse {
    /**
     * @description Always `COMMITTED`.
     * @enum {string}
     */
    status: "COMMITTED";
    /** @description What the budget was charged. It is less than `actual` if the policy is `ALLOW_IF_AVAILABLE` and too little was left for the whole overrun. */
    charged: components["schemas"]["Amount"];
    /** @description What was reserved, not used and given back. Missing if nothing was. */
    released?: components["schemas"]["Amount"];
    /** @description The budgets concerned, after this commit. Servers may leave them out. */
    balances?: components["schemas"]["Balance"][];
    /** @description Where the signed record of this commit is. Missing if the server does not sign records. */
    cycles_evidence?: components["schemas"]["CyclesEvidenceRef"];
}
/** @description Gives back what a reservation holds because the work did not take place. */
export interface ReleaseRequest {
    /** @description Key of this release; the same on each retry. */
    idempotency_key: components["schemas"]["IdempotencyKey"];
    /** @description Why, in up to 256 characters, for the audit log. Operators who end another tenant's reservation should start it with a tag that they can search for. */
    reason?: string;
}
/** @description The reservation has ended and nothing was charged. */
export interface ReleaseResponse {
    /**
     * @description Always `RELEASED`.
     * @enum {string}
     */
    status: "RELEASED";
    /** @description What went back to the budgets. */
    released: components["schemas"]["Amount"];
    /** @description The budgets concerned, after this release. Servers may leave them out. */
    balances?: components["schemas"]["Balance"][];
    /** @description Where the signed record of this release is. Missing if the server does not sign records. */
    cycles_evidence?: components["schemas"]["CyclesEvidenceRef"];
}
/** @description Measurements that go with a charge. All are optional, and none of them changes a budget: only `actual` does. */
export interface StandardMetrics {
    /** @description Tokens sent to the model. */
    tokens_input?: number;
    /** @description Tokens the model produced. */
    tokens_output?: number;
    /** @description How long the work took, in milliseconds. */
    latency_ms?: number;
    /** @description The model or tool version that was used, which may differ from the one that was requested. */
    model_version?: string;
    /** @description Measurements of your own. Keep the order of keys stable between retries. */
    custom?: {
        [key: string]: unknown;
    };
}
/** @description The ledger of one scope in one unit. Every amount in it has that unit. If `allocated` is present, `remaining` = `allocated` − `spent` − `reserved` − `debt`; zero debt, a zero overdraft limit and a false `is_over_limit` may be left out. */
export interface Balance {
    /** @description The innermost level, such as `agent:bot`, from the reference server; other servers may send the whole path. */
    scope: string;
    /** @description The scope in full, such as `tenant:acme/workspace:prod/agent:bot`. Tell balances apart by this and the unit. */
    scope_path: string;
    /** @description What may still be reserved. It is below zero if debt exceeds the allocation. Do not compute it yourself if `allocated` is missing: use the server's number. */
    remaining: components["schemas"]["SignedAmount"];
    /** @description Held back by reservations that are neither settled nor expired. */
    reserved?: components["schemas"]["Amount"];
    /** @description Charged so far, by commits and events. */
    spent?: components["schemas"]["Amount"];
    /** @description Spend beyond the budget, accepted under `ALLOW_WITH_OVERDRAFT` and still unpaid. Missing means none. Operators repay it by funding the budget; until then it can block reserves, and always does if no overdraft is allowed. */
    debt?: components["schemas"]["Amount"];
    /** @description The size of the budget, if it is fixed. */
    allocated?: components["schemas"]["Amount"];
    /** @description The most debt this scope may carry. Missing or 0 means it may carry none. */
    overdraft_limit?: components["schemas"]["Amount"];
    /** @description True when debt has passed `overdraft_limit`, or an `ALLOW_IF_AVAILABLE` charge had to be cut short. Reserves at this scope then fail with 409 `OVERDRAFT_LIMIT_EXCEEDED` until an operator resolves this; open reservations can still settle. Missing means false. */
    is_over_limit?: boolean;
}
/** @description One page of balances. */
export interface BalanceResponse {
    /** @description The balances found, one for each scope and unit. The list can be empty even if another page follows. */
    balances: components["schemas"]["Balance"][];
    /** @description Send it back as `cursor` for the next page. Missing on the last page. */
    next_cursor?: string;
    /** @description Whether another page may follow. If so, `next_cursor` leads to it. */
    has_more?: boolean;
}
/** @description A charge for spend that has already happened. It reaches every budgeted scope of the subject, or none of them. */
export interface EventCreateRequest {
    /** @description Keep it with the spend that it identifies: the reference server forgets it after seven days, and would then charge the same request again. To record a commit that came too late, use the key of the commit. */
    idempotency_key: components["schemas"]["IdempotencyKey"];
    /** @description Who spent. */
    subject: components["schemas"]["Subject"];
    /** @description What it was spent on. */
    action: components["schemas"]["Action"];
    /** @description What it cost, in the unit of the budget; units are never converted. */
    actual: components["schemas"]["Amount"];
    /**
     * @description What to do when less than `actual` is left. `REJECT`: 409 `BUDGET_EXCEEDED`. `ALLOW_IF_AVAILABLE`: charge what is left and mark the scopes that had too little as over limit. `ALLOW_WITH_OVERDRAFT`: record the rest as debt, or 409 `OVERDRAFT_LIMIT_EXCEEDED` past the limit. If it is left out, a default of the tenant takes precedence over this one.
     * @default ALLOW_IF_AVAILABLE
     */
    overage_policy?: components["schemas"]["CommitOveragePolicy"];
    /** @description Measurements of the work, for reporting. */
    metrics?: components["schemas"]["StandardMetrics"];
    /**
     * Format: int64
     * @description When it happened by your clock, Unix milliseconds. For information only: the server uses its own clock.
     */
    client_time_ms?: number;
    /** @description Anything worth keeping for an audit. Keep the order of keys on a retry. */
    metadata?: {
        [key: string]: unknown;
    };
}
/** @description The charge is in the ledger. */
export interface EventCreateResponse {
    /**
     * @description Always `APPLIED`.
     * @enum {string}
     */
    status: "APPLIED";
    /** @description The server's id for the charge. Opaque. */
    event_id: string;
    /** @description What the budgets were charged. Check it with `ALLOW_IF_AVAILABLE`: it is less than `actual` if too little was left. */
    charged?: components["schemas"]["Amount"];
    /** @description The budgets concerned, after the charge. Servers may leave them out. */
    balances?: components["schemas"]["Balance"][];
}
/** @description What a valid signed record contains, member by member. It is stricter than `CyclesEvidenceEnvelope`, with which records are fetched: a record that has any other member, or a `null`, is not valid, even if its signature is. */
export interface CyclesEvidence {
    /**
     * @description Format of the record. Reject any other.
     * @constant
     */
    schema_version: "cycles-evidence/v0.1";
    /**
     * @description Which member `payload` has.
     * @enum {string}
     */
    artifact_type: "decide" | "reserve" | "commit" | "release" | "error";
    /**
     * Format: uri
     * @description Base URL of the server that signed, including `/v1`. It is compared byte for byte.
     */
    server_id: string;
    /** @description An Ed25519 public key, 64 lowercase hex digits, or `did:cycles:<hash of server_id>#<kid>`. */
    signer_did: string;
    /**
     * Format: int64
     * @description When it was issued, in Unix milliseconds.
     */
    issued_at_ms: number;
    /** @description Trace of the recorded request. Only old servers leave it out. */
    trace_id?: string;
    payload: components["schemas"]["EvidencePayload"];
    /** @description Hash of the content. */
    evidence_id: string;
    /** @description Signature of the content and its hash. */
    signature: string;
}
/** @description The recorded request and response, in exactly one member, which has the name of the `artifact_type`. */
export interface EvidencePayload {
    decide?: components["schemas"]["DecideEvidence"];
    reserve?: components["schemas"]["ReserveEvidence"];
    commit?: components["schemas"]["CommitEvidence"];
    release?: components["schemas"]["ReleaseEvidence"];
    error?: components["schemas"]["ErrorEvidence"];
}
/** @description A decision that holds no budget. */
export interface DecideEvidence {
    request: components["schemas"]["DecisionRequest"];
    /** @description The response, without the reference to this record. */
    response: components["schemas"]["DecisionResponse"];
}
/** @description A reserve. A refusal of a live reserve is an `error` record instead. */
export interface ReserveEvidence {
    request: components["schemas"]["ReservationCreateRequest"];
    /** @description The response, without the reference to this record and without the remaining lease, which differs when a reserve is repeated. */
    response: components["schemas"]["ReservationCreateResponse"];
}
/** @description A commit, with the id from the path of its request. */
export interface CommitEvidence {
    /** @description The reservation that was committed. */
    reservation_id: string;
    request: components["schemas"]["CommitRequest"];
    /** @description The response, without the reference to this record. */
    response: components["schemas"]["CommitResponse"];
}
/** @description A release, with the id from the path of its request. */
export interface ReleaseEvidence {
    /** @description The reservation that was released. */
    reservation_id: string;
    request: components["schemas"]["ReleaseRequest"];
    /** @description The response, without the reference to this record. */
    response: components["schemas"]["ReleaseResponse"];
}
/** @description Points at the signed record of an operation. The id is known before the record is signed and stored, so a 404 shortly afterwards means that the record is not stored yet: try again a little later. The reference itself is not part of what was signed. */
export interface CyclesEvidenceRef {
    /** @description SHA-256 of the record's content, 64 lowercase hex digits. Store it to prove later what the server returned. */
    evidence_id: string;
    /**
     * Format: uri
     * @description Absolute URL of the record, including the server's `/v1` prefix. Fetch it unchanged.
     */
    cycles_evidence_url: string;
}
/** @description The signed records of one reservation, by operation. At most the reserve, and either the commit or the release. */
export interface ReservationEvidence {
    /** @description Record of the reserve. */
    reserve?: components["schemas"]["CyclesEvidenceRef"];
    /** @description Record of the commit, once committed. */
    commit?: components["schemas"]["CyclesEvidenceRef"];
    /** @description Record of the release, once released. */
    release?: components["schemas"]["CyclesEvidenceRef"];
}
/** @description The body of every error response. */
export interface ErrorResponse {
    /** @description The code to branch on. */
    error: components["schemas"]["ErrorCode"];
    /** @description For people; its wording may change. It often names no scope, so take the scope from the request that you sent. A 404 whose message starts with `Budget not found for provided scope` can mean, on older servers, that the unit is wrong. */
    message: string;
    /** @description The same id as in `X-Request-Id`, to find the request in the server's logs. */
    request_id: string;
    /** @description The trace of the failed request, 32 lowercase hex digits. Older servers do not send it. */
    trace_id?: string;
    /** @description More about the failure, if the server sends it. With `UNIT_MISMATCH` it can have `scope`, `requested_unit` and `expected_units`, but do not rely on them. */
    details?: {
        [key: string]: unknown;
    };
    /** @description Where the signed record of this refusal is, as for a denied reserve. Missing if the server does not sign records, or if the request failed early, at validation or authentication. */
    cycles_evidence?: components["schemas"]["CyclesEvidenceRef"];
}
/** What each operation takes and returns. */
export interface OperationTypes {
    readonly decide: {
        readonly parameters: {
            readonly path: Record<string, never>;
            readonly query: Record<string, never>;
        };
        readonly request: operations["decide"]["requestBody"]["content"]["application/json"];
        readonly response: operations["decide"]["responses"][200]["content"]["application/json"];
    };
    readonly createReservation: {
        readonly parameters: {
            readonly path: Record<string, never>;
            readonly query: Record<string, never>;
        };
        readonly request: operations["createReservation"]["requestBody"]["content"]["application/json"];
        readonly response: operations["createReservation"]["responses"][200]["content"]["application/json"];
    };
    readonly listReservations: {
        readonly parameters: {
            readonly path: Record<string, never>;
            readonly query: NonNullable<operations["listReservations"]["parameters"]["query"]>;
        };
        readonly request: undefined;
        readonly response: operations["listReservations"]["responses"][200]["content"]["application/json"];
    };
    readonly getReservation: {
        readonly parameters: {
            readonly path: NonNullable<operations["getReservation"]["parameters"]["path"]>;
            readonly query: Record<string, never>;
        };
        readonly request: undefined;
        readonly response: operations["getReservation"]["responses"][200]["content"]["application/json"];
    };
    readonly commitReservation: {
        readonly parameters: {
            readonly path: NonNullable<operations["commitReservation"]["parameters"]["path"]>;
            readonly query: Record<string, never>;
        };
        readonly request: operations["commitReservation"]["requestBody"]["content"]["application/json"];
        readonly response: operations["commitReservation"]["responses"][200]["content"]["application/json"];
    };
    readonly releaseReservation: {
        readonly parameters: {
            readonly path: NonNullable<operations["releaseReservation"]["parameters"]["path"]>;
            readonly query: Record<string, never>;
        };
        readonly request: operations["releaseReservation"]["requestBody"]["content"]["application/json"];
        readonly response: operations["releaseReservation"]["responses"][200]["content"]["application/json"];
    };
    readonly extendReservation: {
        readonly parameters: {
            readonly path: NonNullable<operations["extendReservation"]["parameters"]["path"]>;
            readonly query: Record<string, never>;
        };
        readonly request: operations["extendReservation"]["requestBody"]["content"]["application/json"];
        readonly response: operations["extendReservation"]["responses"][200]["content"]["application/json"];
    };
    readonly getBalances: {
        readonly parameters: {
            readonly path: Record<string, never>;
            readonly query: NonNullable<operations["getBalances"]["parameters"]["query"]>;
        };
        readonly request: undefined;
        readonly response: operations["getBalances"]["responses"][200]["content"]["application/json"];
    };
    readonly createEvent: {
        readonly parameters: {
            readonly path: Record<string, never>;
            readonly query: Record<string, never>;
        };
        readonly request: operations["createEvent"]["requestBody"]["content"]["application/json"];
        readonly response: operations["createEvent"]["responses"][201]["content"]["application/json"];
    };
    readonly getEvidence: {
        readonly parameters: {
            readonly path: NonNullable<operations["getEvidence"]["parameters"]["path"]>;
            readonly query: Record<string, never>;
        };
        readonly request: undefined;
        readonly response: operations["getEvidence"]["responses"][200]["content"]["application/json"];
    };
    readonly getEvidenceJwks: {
        readonly parameters: {
            readonly path: Record<string, never>;
            readonly query: Record<string, never>;
        };
        readonly request: undefined;
        readonly response: operations["getEvidenceJwks"]["responses"][200]["content"]["application/json"];
    };
}
