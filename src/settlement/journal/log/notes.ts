import type { Clock } from "../../../clock.js";
import type { ReadNote } from "../../spend-log.js";

/** The shortest time between two lines of one guard, in milliseconds. */
const INTERVAL_MS = 250;

/** Writes the first note of a guard at once, and then its latest one after each interval. */
export class NoteThrottle {
  readonly #clock: Clock;
  readonly #write: (reservationId: string, read: ReadNote) => void;
  /** When the last note of each guard was written, on the monotonic clock. */
  readonly #writtenAt = new Map<string, number>();
  readonly #waiting = new Map<string, ReadNote>();
  #isScheduled = false;

  constructor(clock: Clock, write: (reservationId: string, read: ReadNote) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** Never throws. */
  note(reservationId: string, read: ReadNote): void {
    this.#waiting.set(reservationId, read);
    if (this.#leftMs(reservationId, this.#now()) === 0) this.#writeNow(reservationId, read);
    else this.#schedule();
  }

  /** Called when the guard commits, which writes its spend. */
  end(reservationId: string): void {
    this.#writtenAt.delete(reservationId);
    this.#waiting.delete(reservationId);
  }

  /** Writes the notes that wait, because no other chance may follow. */
  writeAll(): void {
    for (const [id, read] of [...this.#waiting]) this.#writeNow(id, read);
  }

  #writeNow(reservationId: string, read: ReadNote): void {
    this.#waiting.delete(reservationId);
    this.#writtenAt.set(reservationId, this.#now());
    this.#write(reservationId, read);
  }

  /** Sets one timer for all guards, for the note that is due first. */
  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    const now = this.#now();
    let ms = INTERVAL_MS;
    for (const id of this.#waiting.keys()) ms = Math.min(ms, this.#leftMs(id, now));
    try {
      const timer = this.#clock.setTimeout(() => {
        this.#isScheduled = false;
        this.#writeDue();
        this.#schedule();
      }, ms);
      this.#isScheduled = true;
      timer.unref();
    } catch {
      this.writeAll();
    }
  }

  #writeDue(): void {
    const now = this.#now();
    for (const [id, read] of [...this.#waiting])
      if (this.#leftMs(id, now) === 0) this.#writeNow(id, read);
  }

  /** How long a guard has to wait. A clock that jumps does not keep a note from the log. */
  #leftMs(reservationId: string, now: number): number {
    const elapsed = now - (this.#writtenAt.get(reservationId) ?? NaN);
    return elapsed >= 0 && elapsed < INTERVAL_MS ? INTERVAL_MS - elapsed : 0;
  }

  /** NaN if the user's clock throws, because any amount of time may have passed. */
  #now(): number {
    try {
      return this.#clock.monotonic();
    } catch {
      return NaN;
    }
  }
}
