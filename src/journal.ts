/** Why a record was put out of the way: the server refused it, or its key is older than the server's memory of it. */
export type SetAside = "rejected" | "stale" | "corrupt";

/** A record as it was found. */
export interface StoredRecord {
  readonly reservationId: string;
  /** JSON text, opaque to the store. */
  readonly record: string;
}

/**
 * Where known spends are kept until the ledger has them, so that they outlive the process. Node, Bun and Deno have
 * one in files; elsewhere, hand in one over a store of your own as the option `journal`. There is at most one record
 * for a reservation. Whatever a method throws is reported as `journal_failed`, and the settlement goes on without it.
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
  /** Keeps a record, in place of the one that the reservation had. It must be safe before this resolves. */
  put(reservationId: string, record: string): void | PromiseLike<void>;
  /** The ledger has the spend: forgets the reservation's record, and what was set aside of it before. */
  remove(reservationId: string): void | PromiseLike<void>;
  /** What is left, of this process and of others. */
  list(): readonly StoredRecord[] | PromiseLike<readonly StoredRecord[]>;
  /** Keeps the record where `list` no longer finds it, unless another has taken its place. */
  setAside(reservationId: string, record: string, why: SetAside): void | PromiseLike<void>;
}
