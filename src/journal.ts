/**
 * Why a record is set aside: the server refused it (`rejected`), the server may have forgotten its
 * key (`stale`), or it is not a valid record (`corrupt`).
 */
export type SetAside = "rejected" | "stale" | "corrupt";

/** A record in the journal. */
export interface StoredRecord {
  readonly reservationId: string;
  /** JSON text. A journal stores it without reading it. */
  readonly record: string;
}

/** The result of a journal's method, or a promise of it. `undefined` means success. */
export type JournalResult<Result, Nothing = void> =
  Result | Nothing | PromiseLike<Result | Nothing>;

/**
 * A journal keeps known spends until the ledger has them, so that they survive the process.
 *
 * Node, Bun and Deno have a journal in files. On other runtimes, or to use your own store, pass a
 * journal as the option `journal`. It holds at most one record for each reservation.
 *
 * If a method throws or does not respond in time, the notice `journal_failed` reports it, and
 * settlement continues without the journal. The time limit is `settleTimeout` for `put` and `list`,
 * and a quarter of that for `remove` and `setAside`.
 *
 * @example
 * ```ts
 * import type { Journal } from "cycles-client";
 * declare const kv: {
 *   set(key: string, value: string): Promise<void>;
 *   delete(key: string): Promise<void>;
 *   entries(): Promise<[string, string][]>;
 * };
 * const journal: Journal = {
 *   put: (reservationId, record) => kv.set(reservationId, record),
 *   remove: (reservationId) => kv.delete(reservationId),
 *   list: async () =>
 *     (await kv.entries()).map(([reservationId, record]) => ({ reservationId, record })),
 *   setAside: async (reservationId, record, why) => {
 *     await kv.set(`${why}:${reservationId}`, record); // leave these out of `list`
 *     await kv.delete(reservationId);
 *   },
 * };
 * ```
 */
export interface Journal {
  /**
   * Stores a record. Replaces an earlier record of the same spend. Must not resolve before the
   * record is safe.
   *
   * If the reservation has a record of another spend, keep that record and return `"occupied"`. A
   * record is of another spend if its `idempotency_key` differs.
   */
  put(reservationId: string, record: string): JournalResult<"kept" | "occupied">;
  /**
   * Removes the record of a reservation, and its rejected records that were set aside before. The
   * client calls this when the ledger has the spend.
   */
  remove(reservationId: string): void | PromiseLike<void>;
  /** Returns all records that are not set aside, including those of other processes. */
  list(): readonly StoredRecord[] | PromiseLike<readonly StoredRecord[]>;
  /**
   * Keeps the record where `list` does not find it. Returns `"gone"` if the reservation has no
   * record, or has another one by now.
   */
  setAside(reservationId: string, record: string, why: SetAside): JournalResult<"kept" | "gone">;
}

/** The server and the tenant, or the API key, that a folder's records belong to. */
export interface Principal {
  /** As it was configured, so that all clients derive the same folder from the same setting. */
  readonly baseUrl: string;
  readonly tenant: string | undefined;
  readonly apiKey: string | undefined;
}

/** The location of a file journal, and the callbacks for problems. */
export interface JournalLocation extends Principal {
  /** The parent folder. By default, the one in the home directory that all Cycles clients share. */
  readonly dir: string | undefined;
  /** Called with the new path of an invalid file that was set aside. */
  readonly onCorrupt: (file: string) => void;
  /** Called once if others can read the folder and its mode cannot be changed. */
  readonly onExposed: (code: string | undefined, message: string) => void;
  /**
   * Called if files cannot be read or moved. They stay where they are. Each cause is reported once
   * until all files can be read.
   */
  readonly onUnreadable: (code: string | undefined, message: string) => void;
}
