import type { Journal, SetAside, StoredRecord } from "../journal.js";
import type { Notify } from "../notices.js";

/**
 * The journal. Its failures are reported, once for each cause until it works again, and hold no
 * settlement up.
 */
export class Records {
  readonly #journal: Journal;
  readonly #notify: Notify;
  readonly #reported = new Set<string>();
  /** Reservations whose records could not be removed: the ledger has the spends. */
  readonly #unremoved = new Set<string>();

  constructor(journal: Journal, notify: Notify) {
    this.#journal = journal;
    this.#notify = notify;
  }

  /** Whether the record is safe now. */
  async put(reservationId: string, record: string): Promise<boolean> {
    return this.#succeeds("write", () => this.#journal.put(reservationId, record));
  }

  /** What cannot be removed now is tried again with the next one. */
  async remove(reservationId: string): Promise<void> {
    for (const id of [reservationId, ...this.#unremoved]) {
      if (await this.#succeeds("remove", () => this.#journal.remove(id)))
        this.#unremoved.delete(id);
      else {
        this.#unremoved.add(reservationId);
        return;
      }
    }
  }

  /** Whether the record is kept where an operator finds it. */
  async setAside(reservationId: string, record: string, why: SetAside): Promise<boolean> {
    return this.#succeeds("set aside", () => this.#journal.setAside(reservationId, record, why));
  }

  async list(): Promise<readonly StoredRecord[]> {
    let found: readonly StoredRecord[] = [];
    await this.#succeeds("list", async () => {
      found = await this.#journal.list();
    });
    return found;
  }

  async #succeeds(action: string, act: () => void | PromiseLike<void>): Promise<boolean> {
    try {
      await act();
    } catch (error) {
      this.#report(action, error);
      return false;
    }
    if (this.#reported.size > 0) this.#reported.clear();
    return true;
  }

  #report(action: string, error: unknown): void {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    const message = error instanceof Error ? error.message : String(error);
    const cause = `${action} ${code ?? message}`;
    if (this.#reported.has(cause)) return;
    this.#reported.add(cause);
    this.#notify({ type: "journal_failed", action, message, code });
  }
}
