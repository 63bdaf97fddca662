import type { Clock, Timer } from "../../../clock.js";
import type { Heir, LoggedNote } from "../../spend-log.js";
import { LEAST_SILENCE_MS } from "./lines.js";
import type { TakenOver } from "./take-over.js";

/** How often the logs that were in use are looked at again. */
const NEXT_LOOK_MS = LEAST_SILENCE_MS;
/** The shortest and the longest time until the server is asked for a lease again. */
const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;

/** What succession does with the files. */
export interface Estate {
  takeOver(atOnce: boolean): Promise<TakenOver>;
  /** The notes of dead guards, which this process has taken over. */
  adopted(): readonly LoggedNote[];
  /** The latest of them for a reservation. */
  noteOf(reservationId: string): LoggedNote | undefined;
  /** Moves a note to its file, as a spend. Throws the system's error. */
  promote(note: LoggedNote): void;
}

/**
 * Settles what other processes leave in their logs while this process runs. A log is taken over when
 * its owner is silent. A note becomes a spend when the lease of its guard is over: until then, the
 * guard may be running, and may spend more.
 */
export class Succession {
  readonly #estate: Estate;
  readonly #clock: Clock;
  /** The notes that wait for the end of their leases. */
  readonly #waiting = new Map<string, Timer>();
  #heir: Heir | undefined;
  #nextLook: Timer | undefined;
  #isStopped = false;
  /** Settles when the last note in the queue was asked about: many leases can end together. */
  #queue: Promise<void> = Promise.resolve();

  constructor(estate: Estate, clock: Clock) {
    this.#estate = estate;
    this.#clock = clock;
  }

  async takeOver(atOnce: boolean, heir: Heir): Promise<void> {
    this.#heir = heir;
    await this.#look(atOnce);
    if (atOnce) await this.#settleDue();
  }

  stop(): void {
    this.#isStopped = true;
    this.#nextLook?.cancel();
    for (const timer of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
  }

  async #look(atOnce: boolean): Promise<TakenOver> {
    const taken = await this.#estate.takeOver(atOnce);
    if (this.#isStopped) return taken;
    for (const note of this.#estate.adopted())
      this.#waitFor(note.reservationId, this.#untilEnd(note));
    this.#nextLook?.cancel();
    this.#nextLook = taken.isMoreInUse
      ? this.#later(NEXT_LOOK_MS, () => this.#lookAgain())
      : undefined;
    return taken;
  }

  async #lookAgain(): Promise<void> {
    const { promoted } = await this.#look(false);
    if (promoted > 0) this.#heir?.found();
  }

  /** Settles at once the notes whose leases have ended, as far as is known. */
  async #settleDue(): Promise<void> {
    const due = this.#estate.adopted().filter((note) => this.#untilEnd(note) === 0);
    const settling = due.map(({ reservationId }) => {
      this.#waiting.get(reservationId)?.cancel();
      this.#waiting.delete(reservationId);
      return this.#settle(reservationId);
    });
    await Promise.all(settling);
  }

  #untilEnd({ until }: LoggedNote): number {
    return Math.max(0, until - this.#clock.now());
  }

  #waitFor(reservationId: string, ms: number): void {
    if (this.#isStopped || this.#waiting.has(reservationId)) return;
    const timer = this.#later(Math.min(ms, LONGEST_WAIT_MS), () => {
      this.#queue = this.#queue.then(async () => {
        this.#waiting.delete(reservationId);
        await this.#settle(reservationId);
      });
      return this.#queue;
    });
    this.#waiting.set(reservationId, timer);
  }

  /** Never rejects. */
  async #settle(reservationId: string): Promise<void> {
    // A line of this process may have replaced the note.
    const current = () => (this.#isStopped ? undefined : this.#estate.noteOf(reservationId));
    if (current() === undefined) return;
    const remaining = await this.#remainingLease(reservationId);
    const note = current();
    if (note === undefined) return;
    if (remaining !== "over") {
      const ms = remaining === "unknown" ? 0 : remaining;
      this.#waitFor(reservationId, ms > SHORTEST_WAIT_MS ? ms : SHORTEST_WAIT_MS);
      return;
    }
    try {
      this.#estate.promote(note);
      this.#heir?.found();
    } catch {
      this.#waitFor(reservationId, NEXT_LOOK_MS);
    }
  }

  async #remainingLease(reservationId: string): Promise<number | "over" | "unknown"> {
    try {
      return (await this.#heir?.remainingLease(reservationId)) ?? "unknown";
    } catch {
      // For example, a user's clock can throw.
      return "unknown";
    }
  }

  #later(ms: number, work: () => Promise<void>): Timer {
    const timer = this.#clock.setTimeout(() => {
      // Both steps report their own failures.
      work().catch(() => undefined);
    }, ms);
    timer.unref();
    return timer;
  }
}
