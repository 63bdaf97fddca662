import type { OperationId } from "../generated/operations.js";
import type { Action, Caps } from "../generated/paths.js";
import type { Amount } from "./amount.js";
import type { CyclesError } from "./errors.js";
import type { Subject } from "./protocol/subject.js";
import type { Redactor } from "./secrets.js";
import type { Decision } from "./wire-types.js";

/** The lowest level of notices that are printed. `off` prints none. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "off";

/**
 * Prints notices; `console` is one. The message is one line of at most 2,000 characters, without
 * control characters and secrets. The notice is the one that `onNotice` receives, without secrets.
 */
export interface Logger {
  debug(message: string, notice: Notice): void;
  info(message: string, notice: Notice): void;
  warn(message: string, notice: Notice): void;
  error(message: string, notice: Notice): void;
}

/**
 * Something that happened to a reservation, a lease or a spend, besides the result of a call.
 * Pass `onNotice` to the client to count or store notices. Warnings and errors are also printed.
 * Minor versions may add types, so give a `switch` a default.
 *
 * @example
 * ```ts
 * import type { Notice } from "cycles-client";
 * const onNotice = (notice: Notice) => {
 *   if (notice.type === "settlement_failed") console.error("not recorded", notice.reservationId);
 * };
 * ```
 */
export type Notice =
  | {
      /** A guard holds budget. */
      readonly type: "reserved";
      readonly reservationId: string;
      readonly action: Action;
      readonly subject: Subject;
      readonly estimate: Amount;
      /** What the server holds, which may be less than the estimate. */
      readonly reserved: Amount;
      readonly decision: Decision;
      /** The scopes that the reservation draws on, from the tenant down. */
      readonly scopes: readonly string[];
      /** From the call to the grant, with retries. */
      readonly durationMs: number;
      readonly traceId: string;
    }
  | {
      /**
       * The authority could not be reached, so work runs without a reservation. Its spend is recorded
       * as an event, whose notices have the same id.
       */
      readonly type: "unguarded";
      /** `unguarded:` and the idempotency key of the reserve. */
      readonly reservationId: string;
      readonly action: Action;
      readonly subject: Subject;
      readonly estimate: Amount;
      readonly error: CyclesError;
    }
  | {
      /** In the mode `observe`, work runs that `enforce` would have denied with this error. */
      readonly type: "would_deny";
      /** `unguarded:` and the idempotency key of the reserve. */
      readonly reservationId: string;
      readonly code: CyclesError["code"];
      /** The scope that the error names; otherwise the innermost one of the subject. */
      readonly scope: string | undefined;
      readonly action: Action;
      readonly subject: Subject;
      readonly estimate: Amount;
      readonly error: CyclesError;
    }
  | {
      /** In the mode `observe`, work runs without the caps of its reservation. */
      readonly type: "would_cap";
      readonly reservationId: string;
      readonly caps: Caps;
    }
  | {
      /** The reserve of a guard was denied, by the authority or by its allowance. */
      readonly type: "denied";
      readonly action: Action;
      readonly subject: Subject;
      readonly estimate: Amount;
      /** From the call to the denial. Undefined if an allowance denied it without a request. */
      readonly durationMs?: number;
      readonly error: CyclesError;
    }
  | {
      /** The ledger has the spend. */
      readonly type: "committed";
      readonly reservationId: string;
      /** The key of the commit or of the event. */
      readonly idempotencyKey: string;
      /** Undefined if an earlier process reserved. The same is true of `estimate`. */
      readonly action: Action | undefined;
      readonly estimate: Amount | undefined;
      readonly actual: Amount;
      readonly charged: Amount;
      readonly via: "commit" | "event";
      /** How long the commit or the event took, with retries and the time in the journal. */
      readonly durationMs: number;
    }
  | {
      /** The ledger does not have the spend yet. */
      readonly type: "queued";
      readonly reservationId: string;
      readonly actual: Amount;
      /** Whether the spend is in the journal, and so outlives this process. */
      readonly durable: boolean;
      /** Whether this process keeps trying. With `retry: false`, the spend stays in the journal. */
      readonly retried: boolean;
      readonly error: CyclesError;
    }
  | {
      /**
       * As far as the client knows, the ledger does not have a known spend, and nothing sends it
       * again. Raised once for each spend.
       */
      readonly type: "settlement_failed";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly idempotencyKey: string;
      /** Whether its record is set aside in the journal, where an operator can find it. */
      readonly kept: boolean;
      /**
       * `refused`: the ledger does not have the spend. `unknown`: it may have it, so look for the
       * idempotency key in the ledger before you record the spend by hand.
       */
      readonly fate: "refused" | "unknown";
      /**
       * The amount that the guard had noted before. Another process took this one for dead, and has
       * recorded that amount in place of `actual`.
       */
      readonly noted?: Amount;
      readonly error: CyclesError;
    }
  | {
      /**
       * The overage policy charged less than was spent. The difference is not charged to any
       * budget.
       */
      readonly type: "undercharged";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly charged: Amount;
      readonly via: "commit" | "event";
    }
  | {
      /** The client threw an unexpected error while it recorded a spend. It tries again. */
      readonly type: "settlement_error";
      readonly reservationId: string;
      readonly error: CyclesError;
    }
  | {
      /**
       * `waitUntil` or `traceparent` failed, and the client continued without it. Raised once for
       * each callback.
       */
      readonly type: "callback_failed";
      /** The option, such as `waitUntil`. */
      readonly callback: string;
      readonly message: string;
    }
  | {
      /** The client found spends from earlier processes in the journal, and is settling them. */
      readonly type: "recovering";
      /** How many. In a journal with hundreds of records, some may turn out to be invalid. */
      readonly records: number;
    }
  | {
      /** The journal failed. The settlement continues without it. */
      readonly type: "journal_failed";
      /** The operation that failed, such as `write`. */
      readonly action: string;
      /** A code such as `ENOSPC`, `TIMEOUT` or `RECORD_TOO_LARGE`, if there is one. */
      readonly code: string | undefined;
      readonly message: string;
    }
  | {
      /** A record in the journal could not be understood and was set aside. */
      readonly type: "journal_corrupt";
      /** The file that contains the record now, or its id in a custom journal. */
      readonly record: string;
    }
  | {
      /** The budget is free again. */
      readonly type: "released";
      readonly reservationId: string;
      readonly reason: string | undefined;
    }
  /** A release failed. The budget is held until the lease lapses. */
  | { readonly type: "release_failed"; readonly reservationId: string; readonly error: CyclesError }
  /** The lease ends later: at `expiresAt`, in epoch milliseconds on the server's clock. */
  | { readonly type: "extended"; readonly reservationId: string; readonly expiresAt: number }
  | {
      /** An extension failed. `next` says what happens next. */
      readonly type: "heartbeat_failed";
      readonly reservationId: string;
      readonly error: CyclesError;
      readonly next: string;
    }
  | {
      /**
       * The server seems to limit how far ahead a lease may end, so the extensions run out early.
       * The lease is extended every `everyMs` milliseconds.
       */
      readonly type: "lease_clamped";
      readonly reservationId: string;
      readonly everyMs: number;
    }
  /** The lease is gone. The work continues, and its commit is still made. */
  | { readonly type: "lease_lost"; readonly reservationId: string; readonly error: CyclesError }
  /** The work ran, and its cost is unknown. Nothing was committed, and the lease lapses. */
  | { readonly type: "actual_unknown"; readonly reservationId: string }
  /**
   * The program dropped an open guard. A noted amount is committed. Without one, the lease lapses.
   */
  | { readonly type: "guard_dropped"; readonly reservationId: string }
  /** The client was closed while this guard was open. A noted amount is committed. */
  | { readonly type: "guard_open"; readonly reservationId: string }
  | {
      /** The grant came after the caller had aborted the reserve. Its lease lapses. */
      readonly type: "reserve_abandoned";
      readonly reservationId: string;
      readonly idempotencyKey: string;
    }
  | {
      /**
       * Metrics or metadata of a spend did not fit the protocol: these fields were rounded or left
       * out. The amount is not affected.
       */
      readonly type: "details_changed";
      readonly reservationId: string;
      readonly fields: readonly string[];
    }
  | {
      /** A call failed and is sent again in `delayMs` milliseconds. */
      readonly type: "retry";
      readonly operation: OperationId;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: CyclesError;
    }
  | {
      /** A response had integers beyond 2^53, which were rounded. */
      readonly type: "inexact_integer";
      readonly operation: OperationId;
      readonly fields: readonly string[];
    }
  | {
      /**
       * Work under one reservation made another one, outside an allowance, so both are charged.
       * Raised once for each client. `outer` and `inner` are the kinds and names of their actions.
       */
      readonly type: "nested_reservation";
      readonly outer: string;
      readonly inner: string;
    }
  | {
      /**
       * A draw on an allowance was reserved at the authority, because the allowance does not hold
       * its unit or its scope. Raised once for each allowance.
       */
      readonly type: "draw_outside";
      /** The reservation of the allowance. */
      readonly reservationId: string;
      readonly reason: string;
    }
  | {
      /**
       * Two ids at one level of subjects differ only in case. The reference server ignores case, so
       * they share a budget. Raised once for all forms of an id, while the client remembers it.
       */
      readonly type: "subject_case";
      /** The level, such as `agent`. */
      readonly level: string;
      /** The form that was used first, and the other one. */
      readonly ids: readonly [string, string];
    }
  /** A subject without a tenant bypasses the tenant's budget. Raised once for each client. */
  | { readonly type: "no_tenant"; readonly operation: OperationId };

/**
 * Receives notices, and never throws. `redactorOfCall` removes also the secrets in the headers of
 * one call.
 */
export type Notify = (notice: Notice, redactorOfCall?: () => Redactor) => void;
