/** How long, in milliseconds, evidence is kept, and how much of it. */
export interface EvidenceLimits {
  readonly retentionMs: number;
  /** In rows: one for each 1,024 characters of an envelope, rounded up. */
  readonly keepEnded: number;
}

interface Kept {
  readonly at: number;
  /** The draft of an envelope: text, because many are kept, and objects take more memory. */
  readonly text: string;
}

const ROW_SIZE = 1_024;

/** The last envelopes, by their ids. The oldest are deleted first. */
export class EvidenceLog {
  readonly #limits: EvidenceLimits;
  readonly #kept = new Map<string, Kept>();
  #rows = 0;

  constructor(limits: EvidenceLimits) {
    this.#limits = limits;
  }

  /** Adds an envelope, and deletes those that are over a limit now. */
  add(id: string, at: number, text: string): void {
    this.#kept.set(id, { at, text });
    this.#rows += rowsOf(text);
    this.#deleteDue(at);
  }

  get(id: string, now: number): string | undefined {
    this.#deleteDue(now);
    return this.#kept.get(id)?.text;
  }

  #deleteDue(now: number): void {
    const { retentionMs, keepEnded } = this.#limits;
    for (const [id, { at, text }] of this.#kept) {
      if (this.#rows <= keepEnded && at + retentionMs >= now) return;
      this.#kept.delete(id);
      this.#rows -= rowsOf(text);
    }
  }
}

function rowsOf(text: string): number {
  return Math.ceil(text.length / ROW_SIZE);
}
