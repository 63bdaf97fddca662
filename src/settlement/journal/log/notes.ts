import type { Clock } from "../../../clock.js";
import type { LoggedNote } from "../../spend-log.js";

/** The shortest time between two lines of one guard, in milliseconds. */
const INTERVAL_MS = 250;

type Read = () => LoggedNote | undefined;

/** Writes the first note of a guard at once, and then its latest one after each interval. */
export class NoteThrottle {
  readonly #clock: Clock;
  readonly #write: (reservationId: string, read: Read) => void;
  /** When the last note of each guard was written, on the monotonic clock. */
  readonly #writtenAt = new Map<string, number>();
  readonly #waiting = new Map<string, Read>();
  #isScheduled = false;

  constructor(clock: Clock, write: (reservationId: string, read: Read) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  note(reservationId: string, read: Read): void {
    const writtenAt = this.#writtenAt.get(reservationId) ?? -Infinity;
    if (this.#clock.monotonic() - writtenAt >= INTERVAL_MS) this.#writeNow(reservationId, read);
    else {
      this.#waiting.set(reservationId, read);
      this.#schedule();
    }
  }

  /** Called when the guard commits, which writes its spend. */
  end(reservationId: string): void {
    this.#writtenAt.delete(reservationId);
    this.#waiting.delete(reservationId);
  }

  #writeNow(reservationId: string, read: Read): void {
    this.#waiting.delete(reservationId);
    this.#writtenAt.set(reservationId, this.#clock.monotonic());
    this.#write(reservationId, read);
  }

  /** Sets one timer for all guards, for the note that is due first. */
  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    const now = this.#clock.monotonic();
    let dueAt = Infinity;
    for (const id of this.#waiting.keys())
      dueAt = Math.min(dueAt, (this.#writtenAt.get(id) ?? now) + INTERVAL_MS);
    const timer = this.#clock.setTimeout(() => {
      this.#isScheduled = false;
      this.#writeDue();
      this.#schedule();
    }, dueAt - now);
    timer.unref();
  }

  #writeDue(): void {
    const now = this.#clock.monotonic();
    for (const [id, read] of [...this.#waiting])
      if (now - (this.#writtenAt.get(id) ?? 0) >= INTERVAL_MS) this.#writeNow(id, read);
  }
}
