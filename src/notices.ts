import type { OperationId } from "../generated/operations.js";
import type { Amount } from "./amount.js";
import type { CyclesError } from "./errors.js";

/** The severity of notices that are printed; `off` prints none. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "off";

/**
 * The part of `console` that notices are printed with. The message is one line of bounded length, without control
 * characters and secrets; the notice is the one that `onNotice` gets, without secrets.
 */
export interface Logger {
  debug(message: string, notice: Notice): void;
  info(message: string, notice: Notice): void;
  warn(message: string, notice: Notice): void;
  error(message: string, notice: Notice): void;
}

/**
 * Something that happened beside the result of a call. Pass `onNotice` to the client to count or store notices;
 * warnings and errors are also printed. More types may come, so give a `switch` a default.
 *
 * @example
 * ```ts
 * import type { Notice } from "cycles-client";
 * const onNotice = (notice: Notice) => {
 *   if (notice.type === "settlement_failed") console.error(notice.reservationId, notice.idempotencyKey);
 * };
 * ```
 */
export type Notice =
  | {
      /** A guard holds budget. */
      readonly type: "reserved";
      readonly reservationId: string;
      readonly reserved: Amount;
      readonly traceId: string;
    }
  /** A guard's reserve was denied. */
  | { readonly type: "denied"; readonly error: CyclesError }
  | {
      /** The ledger has the spend. */
      readonly type: "committed";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly charged: Amount;
      readonly via: "commit" | "event";
    }
  | {
      /** The ledger does not have the spend yet. `durable`: it outlives this process. */
      readonly type: "queued";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly durable: boolean;
      /** Whether this process goes on trying; with `retry: false` the spend is left to its record in the journal. */
      readonly retried: boolean;
      readonly error: CyclesError;
    }
  | {
      /** A known spend is not in the ledger as far as is known, and nothing sends it any more. Once for each spend. */
      readonly type: "settlement_failed";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly idempotencyKey: string;
      /** Whether its record is set aside in the journal, where an operator finds it. */
      readonly kept: boolean;
      /** `refused`: the ledger does not have it. `unknown`: it may have it, so look before you record it by hand. */
      readonly fate: "refused" | "unknown";
      readonly error: CyclesError;
    }
  | {
      /** The ledger has less than was spent: the overage policy cut the charge short. The rest is in no budget. */
      readonly type: "undercharged";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly charged: Amount;
      readonly via: "commit" | "event";
    }
  | {
      /** An error that this client did not expect; the spend is tried again. */
      readonly type: "settlement_error";
      readonly reservationId: string;
      readonly error: CyclesError;
    }
  | {
      /** `waitUntil` or `traceparent` failed, and the client went on without it. Once for each of them. */
      readonly type: "callback_failed";
      /** The option, such as `waitUntil`. */
      readonly callback: string;
      readonly message: string;
    }
  | {
      /** Spends that earlier processes have left in the journal are taken up. */
      readonly type: "recovering";
      readonly records: number;
    }
  | {
      /** The journal does not work; the settlement goes on without it. */
      readonly type: "journal_failed";
      /** What was tried, such as `write`. */
      readonly action: string;
      /** A code such as ENOSPC, TIMEOUT or RECORD_TOO_LARGE, if there is one. */
      readonly code: string | undefined;
      readonly message: string;
    }
  | {
      /** A record of the journal could not be understood, and is set aside. */
      readonly type: "journal_corrupt";
      /** The file it is in now, or the store's own id of it. */
      readonly record: string;
    }
  | {
      /** The budget is free again. */
      readonly type: "released";
      readonly reservationId: string;
      readonly reason: string | undefined;
    }
  /** The budget is held until the lease lapses. */
  | { readonly type: "release_failed"; readonly reservationId: string; readonly error: CyclesError }
  /** The lease ends later; `expiresAt` is in epoch milliseconds on the server's clock. */
  | { readonly type: "extended"; readonly reservationId: string; readonly expiresAt: number }
  | {
      /** An extension failed; `next` says what follows. */
      readonly type: "heartbeat_failed";
      readonly reservationId: string;
      readonly error: CyclesError;
      readonly next: string;
    }
  | {
      /** The server seems to cap how far a lease reaches, so its extensions run out early. */
      readonly type: "lease_clamped";
      readonly reservationId: string;
      readonly everyMs: number;
    }
  /** Nothing is left of the lease; the work goes on, and its commit is still made. */
  | { readonly type: "lease_lost"; readonly reservationId: string; readonly error: CyclesError }
  /** The work ran, and its cost is not known: nothing was committed, and the lease lapses. */
  | { readonly type: "actual_unknown"; readonly reservationId: string }
  /** The program dropped an open guard. What it had noted is committed; without a note, its lease lapses. */
  | { readonly type: "guard_dropped"; readonly reservationId: string }
  /** The client was closed while this guard was open. What it had noted is committed. */
  | { readonly type: "guard_open"; readonly reservationId: string }
  | {
      /** A reserve was given up by its caller before its grant came, and what was granted is left to lapse. */
      readonly type: "reserve_abandoned";
      readonly reservationId: string;
      readonly idempotencyKey: string;
    }
  | {
      /** Details of a spend did not fit the protocol: these were rounded or left out. The amount is not affected. */
      readonly type: "details_changed";
      readonly reservationId: string;
      readonly fields: readonly string[];
    }
  | {
      /** A call failed and goes out again in `delayMs` milliseconds. */
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
  /** A subject without a tenant bypasses the tenant's budget. */
  | { readonly type: "no_tenant"; readonly operation: OperationId };

/** Takes notices in; never throws. */
export type Notify = (notice: Notice) => void;
