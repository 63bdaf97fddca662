import type { Replay, Reservation } from "./state.js";

/** How long, in milliseconds, ended rows are kept, and how many of them. */
export interface RetentionLimits {
  readonly retentionMs: number;
  readonly keepEnded: number;
}

/** Rows that are deleted together. */
interface Ended {
  readonly at: number;
  readonly reservation: string | undefined;
  /** The keys of the replays. */
  readonly replays: readonly string[];
}

/**
 * Selects the rows to delete. A reservation is deleted together with its replays, a replay without
 * a reservation on its own: `retentionMs` after the end or the first response, or earlier if there
 * are more than `keepEnded` rows.
 */
export class Retention {
  readonly #limits: RetentionLimits;
  readonly #replaysOf = new Map<string, string[]>();
  /** A queue: the entries before `#first` have been taken. */
  #ended: Ended[] = [];
  #first = 0;
  /** The number of rows in the queue. */
  #rows = 0;

  constructor(limits: RetentionLimits) {
    this.#limits = limits;
  }

  /** Records what a command has changed. */
  note(now: number, reservation: Reservation | undefined, replay: Replay | undefined): void {
    const { retentionMs, keepEnded } = this.#limits;
    if (retentionMs === Infinity && keepEnded === Infinity) return;
    if (replay) this.#noteReplay(now, replay);
    if (reservation && reservation.status !== "ACTIVE") this.#end(now, reservation.id);
  }

  /** Removes and returns the rows that have been due for deletion the longest. */
  take(now: number): Ended | undefined {
    const { retentionMs, keepEnded } = this.#limits;
    const ended = this.#ended[this.#first];
    if (ended === undefined) return undefined;
    if (this.#rows <= keepEnded && ended.at + retentionMs >= now) return undefined;
    this.#rows -= rowsOf(ended);
    this.#first += 1;
    if (this.#first * 2 > this.#ended.length) {
      this.#ended = this.#ended.slice(this.#first);
      this.#first = 0;
    }
    return ended;
  }

  #noteReplay(now: number, { key, reservation }: Replay): void {
    if (reservation === undefined) {
      this.#push({ at: now, reservation: undefined, replays: [key] });
      return;
    }
    const replays = this.#replaysOf.get(reservation);
    if (replays) replays.push(key);
    else this.#replaysOf.set(reservation, [key]);
  }

  #end(now: number, id: string): void {
    const replays = this.#replaysOf.get(id) ?? [];
    this.#replaysOf.delete(id);
    this.#push({ at: now, reservation: id, replays });
  }

  #push(ended: Ended): void {
    this.#ended.push(ended);
    this.#rows += rowsOf(ended);
  }
}

function rowsOf({ reservation, replays }: Ended): number {
  return replays.length + (reservation === undefined ? 0 : 1);
}
