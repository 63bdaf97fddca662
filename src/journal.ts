/** Why a record is set aside: the server refused it, the server may have forgotten its key, or it is no record. */
export type SetAside = "rejected" | "stale" | "corrupt";

/** A record as it was found. */
export interface StoredRecord {
  readonly reservationId: string;
  /** JSON text, opaque to the store. */
  readonly record: string;
}

/** What a method of a journal returns, at once or later: a result, or nothing if it did what it was asked to do. */
export type JournalResult<Result, Nothing = void> =
  Result | Nothing | PromiseLike<Result | Nothing>;

/**
 * Where known spends are kept until the ledger has them, so that they outlive the process. Node, Bun and Deno have
 * one in files; elsewhere, pass one over a store of your own as the option `journal`. There is at most one record
 * for a reservation. If a method throws, or does not respond in time (`settleTimeout` for `put` and `list`, a quarter of
 * that for `remove` and `setAside`), that is reported as `journal_failed`, and the settlement goes on without it.
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
 *   list: async () => (await kv.entries()).map(([reservationId, record]) => ({ reservationId, record })),
 *   setAside: async (reservationId, record, why) => {
 *     await kv.set(`${why}:${reservationId}`, record); // leave these out of `list`
 *     await kv.delete(reservationId);
 *   },
 * };
 * ```
 */
export interface Journal {
  /**
   * Keeps a record, in place of an earlier record of the same spend. It must be safe before this resolves. Return
   * `"occupied"` if it is not kept because the reservation has the record of another spend: one whose text has another
   * `idempotency_key`. That record must stay.
   */
  put(reservationId: string, record: string): JournalResult<"kept" | "occupied">;
  /** The ledger has the spend: forgets the reservation's record, and what was set aside of it before. */
  remove(reservationId: string): void | PromiseLike<void>;
  /** What is left, of this process and of others. */
  list(): readonly StoredRecord[] | PromiseLike<readonly StoredRecord[]>;
  /**
   * Keeps the record where `list` no longer finds it. Return `"gone"` if the reservation's record is another one by
   * now, or if there is none.
   */
  setAside(reservationId: string, record: string, why: SetAside): JournalResult<"kept" | "gone">;
}

/** Whose records a folder holds. */
export interface Principal {
  /** As the user wrote it: all clients derive the same folder from the same setting. */
  readonly baseUrl: string;
  readonly tenant: string | undefined;
  readonly apiKey: string | undefined;
}

/** Where a file journal is, and who hears of what it finds. */
export interface JournalLocation extends Principal {
  /** The folder of all identities; by default the one in the user's home that all Cycles clients share. */
  readonly dir: string | undefined;
  /** A file could not be understood, and was set aside under this name. */
  readonly onCorrupt: (file: string) => void;
  /** Others can read the folder, and its mode cannot be changed; it is used as it is. Called once. */
  readonly onExposed: (code: string | undefined, message: string) => void;
  /** Files could not be read or moved, and were left alone; called once for each cause until all can be read. */
  readonly onUnreadable: (code: string | undefined, message: string) => void;
}
