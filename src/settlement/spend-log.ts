import type { Clock } from "../clock.js";
import type { Journal, JournalLocation } from "../journal.js";

/** A spend before its first request, as the log keeps it. Both bodies are JSON text. */
export interface LoggedSpend {
  readonly reservationId: string;
  readonly idempotencyKey: string;
  /** When the spend became known, in epoch milliseconds. */
  readonly recordedAt: number;
  /** The body of the commit, byte for byte as it is sent. */
  readonly commit: string;
  /** The request of the reservation as it was sent. The event of the spend is derived from it. */
  readonly reserved: string;
}

/** What a running guard has noted. Its next commit uses the key of the note. */
export interface LoggedNote extends LoggedSpend {
  /** When the lease ends, with its grace period, in epoch milliseconds, as far as is known. */
  readonly until: number;
  /** Set if its guard was in another process, which has died. */
  readonly isAdopted?: true;
}

/**
 * Returns a note when it is written, or `undefined` to leave it out.
 *
 * @param isTaken whether another process has taken over the log with the guard's previous note
 */
export type ReadNote = (isTaken: boolean) => LoggedNote | undefined;

/** The part of settlement that a log needs to settle what other processes have left. */
export interface Heir {
  /**
   * Asks the server for the lease of a dead guard. Resolves to how many milliseconds are left, to
   * `over` if the guard cannot use it any more, and to `unknown` if the server does not say.
   */
  readonly remainingLease: (reservationId: string) => Promise<number | "over" | "unknown">;
  /** Called when there are more spends in files. */
  readonly found: () => void;
}

/**
 * An append-only log in front of the journal's files, which makes a spend durable for the price of
 * one write. It keeps a spend during its first attempt. Before any second request, the spend is
 * moved to its file with the journal's `put`.
 */
export interface SpendLog {
  /**
   * Resolves when the spend is safe, and rejects if it cannot be written. Returns `undefined` for a
   * spend that needs a file of its own.
   */
  append(spend: LoggedSpend): Promise<void> | undefined;
  /**
   * Keeps what a running guard has noted, in place of its earlier note. The first note of a guard
   * is written at once, later ones at most every 250 ms. `read` is called when the note is written.
   */
  note(reservationId: string, read: ReadNote): void;
  /**
   * Moves what other processes have left in their logs: spends to files, notes to this log. Later,
   * it also does so for logs that are still in use now, and for notes whose leases have ended.
   *
   * @param atOnce also moves the spends of processes that may still be running
   */
  takeOver(atOnce: boolean, heir: Heir): Promise<void>;
  /** Writes what is pending. From now on, the log removes itself as soon as it is empty. */
  close(): void;
}

/** The journal of the runtime. */
export interface LocalJournal extends Journal {
  /** The log in front of its files. */
  readonly log: SpendLog;
  /** @param key the key of the spend that was recorded */
  remove(reservationId: string, key?: string): void | PromiseLike<void>;
}

/** How the journal of the runtime works, and where it is. */
export interface LocalJournalOptions extends JournalLocation {
  /** Whether a spend is in a log during its first attempt, or in its file from the start. */
  readonly mode: "log" | "files";
  /** Whether a spend is safe only when it is on the disk. */
  readonly toDisk: boolean;
  readonly clock: Clock;
  /** The longest time that a first attempt takes, in milliseconds. */
  readonly firstAttemptMs: number;
}
