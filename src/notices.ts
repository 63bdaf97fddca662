import type { OperationId } from "../generated/operations.js";
import type { Amount } from "./amount.js";
import { format } from "./amount.js";
import { contain, thrownText } from "./callback.js";
import type { CyclesError } from "./errors.js";
import type { Redactor } from "./secrets.js";
import { cut, isoTime, plain } from "./text.js";

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

const LEVELS = ["debug", "info", "warn", "error", "off"] as const satisfies readonly LogLevel[];

/** Whether `value` is a log level. */
export function isLogLevel(value: unknown): value is LogLevel {
  return (LEVELS as readonly unknown[]).includes(value);
}

/** Hands each notice to `onNotice`, and prints those at or above `logLevel`. */
export function notifier(options: {
  readonly onNotice: ((notice: Notice) => void) | undefined;
  /** `undefined`: the console, which is given the message only, for what it makes of a notice has no bound. */
  readonly logger: Logger | undefined;
  readonly logLevel: LogLevel;
  readonly redactor: Redactor;
}): Notify {
  const { onNotice, logger, logLevel, redactor } = options;
  const threshold = LEVELS.indexOf(logLevel);
  const write = logger === undefined || logger === console ? toConsole : to(logger);
  const print = (level: Exclude<LogLevel, "off">, notice: Notice, message?: string) => {
    if (LEVELS.indexOf(level) < threshold) return;
    contain(
      () => {
        const text = redactor.text(message ?? describe(notice));
        return write(level, `cycles: ${cut(plain(text), LONGEST_LINE)}`, redactor.value(notice));
      },
      () => {
        // There is nowhere left to say it, and a broken logger must not cost anybody a spend.
      },
    );
  };
  const said = new Set<string>();
  const failed = (notice: Notice, error: unknown) => {
    const message = `onNotice failed: ${thrownText(error)}`;
    if (said.has(message) || said.size >= MOST_CAUSES) return;
    said.add(message);
    print("error", notice, message);
  };
  return (raised) => {
    const notice = quotesForeignText(raised) ? redactor.value(raised) : raised;
    if (onNotice) {
      contain(
        () => onNotice(notice),
        (error) => {
          failed(notice, error);
        },
      );
    }
    print(levelOf(notice), notice);
  };
}

/** Whether a notice quotes what code of the user's has thrown. Errors of ours have no secrets by now. */
function quotesForeignText({ type }: Notice): boolean {
  return type === "callback_failed" || type === "journal_failed";
}

/** A callback that fails each time in another way is not worth a line each time. */
const MOST_CAUSES = 100;

/** Writes one line. */
type Write = (level: Exclude<LogLevel, "off">, line: string, notice: Notice) => unknown;

const to =
  (logger: Logger): Write =>
  (level, line, notice) =>
    logger[level](line, notice);

const toConsole: Write = (level, line) => {
  const lines: Readonly<Record<typeof level, (line: string) => void>> = console;
  lines[level](line);
};

/** In characters; an error may quote what a server said. */
const LONGEST_LINE = 2_000;

function levelOf(notice: Notice): Exclude<LogLevel, "off"> {
  switch (notice.type) {
    case "reserved":
    case "committed":
    case "released":
    case "extended":
    case "denied":
      return "debug";
    case "retry":
    case "recovering":
      return "info";
    case "queued":
    case "undercharged":
    case "callback_failed":
    case "release_failed":
    case "heartbeat_failed":
    case "lease_clamped":
    case "actual_unknown":
    case "guard_dropped":
    case "guard_open":
    case "reserve_abandoned":
    case "details_changed":
    case "inexact_integer":
    case "no_tenant":
      return "warn";
    case "settlement_failed":
    case "settlement_error":
    case "journal_failed":
    case "journal_corrupt":
    case "lease_lost":
      return "error";
    default:
      return notice satisfies never;
  }
}

/** What a notice says to the person who reads the log. */
export function describe(notice: Notice): string {
  switch (notice.type) {
    case "reserved":
      return `reserved ${format(notice.reserved)} as ${notice.reservationId}`;
    case "denied":
      return `denied: ${notice.error.message}`;
    case "committed":
      return `committed ${format(notice.actual)} for ${notice.reservationId}, ${format(notice.charged)} charged`;
    case "queued":
      return (
        `the spend of ${format(notice.actual)} under ${notice.reservationId} is not in the ledger yet and is ` +
        (notice.retried ? "being retried" : "kept in the journal for the next process") +
        `${notice.durable ? "" : ", in this process only"}: ${notice.error.message}`
      );
    case "settlement_failed": {
      const spend = `the spend of ${format(notice.actual)} under ${notice.reservationId}`;
      const key = `(idempotency key ${notice.idempotencyKey})`;
      const kept = notice.kept ? "its record is set aside in the journal" : undefined;
      return notice.fate === "refused"
        ? `${spend} is NOT in the ledger ${key}; ${kept ?? "record it by hand"}: ${notice.error.message}`
        : `${spend} may not be in the ledger ${key}; ${kept ?? "look there before you record it by hand"}: ${notice.error.message}`;
    }
    case "undercharged":
      return (
        `the spend of ${format(notice.actual)} under ${notice.reservationId} was charged as ${format(notice.charged)} only: ` +
        "no budget had more left, and the difference is not in the ledger. Raise the estimate, fund the budget, or use another overage policy"
      );
    case "settlement_error":
      return `${notice.error.message}; it is tried again`;
    case "callback_failed":
      return `${notice.callback} failed, and the client goes on without it: ${notice.message}`;
    case "recovering":
      return `taking up ${notice.records} spends that the journal holds of earlier processes`;
    case "journal_failed":
      return notice.action === "write"
        ? `the journal cannot write: ${notice.message}; spends are settled without it, and would not outlive this process`
        : `the journal cannot ${notice.action}: ${notice.message}`;
    case "journal_corrupt":
      return `a record of the journal cannot be understood, and was set aside: ${notice.record}`;
    case "released":
      return `released ${notice.reservationId}${notice.reason === undefined ? "" : `: ${notice.reason}`}`;
    case "release_failed":
      return `${notice.reservationId} could not be released and holds its budget until it expires: ${notice.error.message}`;
    case "extended":
      return `extended ${notice.reservationId} to ${isoTime(notice.expiresAt)}`;
    case "heartbeat_failed":
      return `the lease of ${notice.reservationId} could not be extended (${notice.next}): ${notice.error.message}`;
    case "lease_clamped":
      return (
        `the server seems to cap how far the lease of ${notice.reservationId} reaches, and does not say how far: it is ` +
        `extended every ${String(notice.everyMs)} ms, and ends when the extensions run out (10 by default)`
      );
    case "lease_lost":
      return `the lease of ${notice.reservationId} is lost; the work goes on, and its commit is still made: ${notice.error.message}`;
    case "actual_unknown":
      return `the work under ${notice.reservationId} ran, but its cost is unknown; nothing was committed, and the reservation lapses`;
    case "guard_dropped":
      return (
        `a guard was dropped while ${notice.reservationId} was open: what it had noted is committed, and without a note ` +
        "the reservation lapses; commit, release or close every guard"
      );
    case "guard_open":
      return (
        `the client was closed while a guard of ${notice.reservationId} was open: what it had noted is committed, and ` +
        "its lease is no longer extended; close every guard before the client"
      );
    case "reserve_abandoned":
      return (
        `${notice.reservationId} was granted after its caller had given up: it is left to lapse, because the idempotency ` +
        `key ${notice.idempotencyKey} is the caller's and another delivery may use it`
      );
    case "details_changed":
      return (
        `details of the spend under ${notice.reservationId} did not fit the protocol and were rounded or left out: ` +
        `${notice.fields.join(", ")}; its amount is not affected`
      );
    case "retry":
      return `${notice.operation}: attempt ${String(notice.attempt)} failed, the next is in ${String(Math.round(notice.delayMs))} ms: ${notice.error.message}`;
    case "inexact_integer":
      return `${notice.operation} answered integers beyond 2^53, which were rounded: ${notice.fields.join(", ")}`;
    case "no_tenant":
      return `${notice.operation} went out for a subject without a tenant: it bypasses the tenant's budget; set CYCLES_TENANT or subject.tenant`;
    default:
      return notice satisfies never;
  }
}
