import type { Journal, SetAside, StoredRecord } from "../journal.js";
import type { Notify } from "../notices.js";

/**
 * The journal, where there is one. Its failures are reported, once for each cause until it works again, and hold no
 * settlement up.
 */
export class Records {
  readonly #journal: Journal | undefined;
  readonly #notify: Notify;
  readonly #reported = new Set<string>();
  /** Reservations whose records could not be removed: the ledger has the spends. */
  readonly #unremoved = new Set<string>();

  constructor(journal: Journal | undefined, notify: Notify) {
    this.#journal = journal;
    this.#notify = notify;
  }

  /** Whether the record is safe now. */
  async put(reservationId: string, record: string): Promise<boolean> {
    const journal = this.#journal;
    if (journal === undefined) return false;
    return this.#succeeds("write", () => journal.put(reservationId, record));
  }

  /** What cannot be removed now is tried again with the next one. */
  async remove(reservationId: string): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined) return;
    for (const id of [reservationId, ...this.#unremoved]) {
      if (await this.#succeeds("remove", () => journal.remove(id))) this.#unremoved.delete(id);
      else {
        this.#unremoved.add(reservationId);
        return;
      }
    }
  }

  /** Whether the record is kept where an operator finds it. */
  async setAside(reservationId: string, record: string, why: SetAside): Promise<boolean> {
    const journal = this.#journal;
    if (journal === undefined) return false;
    return this.#succeeds("set aside", () => journal.setAside(reservationId, record, why));
  }

  async list(): Promise<readonly StoredRecord[]> {
    const journal = this.#journal;
    let found: readonly StoredRecord[] = [];
    if (journal) {
      await this.#succeeds("list", async () => {
        found = await journal.list();
      });
    }
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
