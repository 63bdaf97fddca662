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
  /** How many rows these count as. */
  readonly rows: number;
}

/** The replays of a reservation that has not ended. */
interface Pending {
  readonly keys: string[];
  rows: number;
}

/** A request counts as one more row for this many characters of metadata and metrics. */
const ROW_SIZE = 1_024;

/**
 * Selects the rows to delete. A reservation is deleted together with its replays. A replay without a
 * reservation is deleted separately. Rows are deleted `retentionMs` after the end or the first
 * response, or earlier if there are more than `keepEnded` rows.
 */
export class Retention {
  readonly #limits: RetentionLimits;
  readonly #replaysOf = new Map<string, Pending>();
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
    this.#rows -= ended.rows;
    this.#first += 1;
    if (this.#first * 2 > this.#ended.length) {
      this.#ended = this.#ended.slice(this.#first);
      this.#first = 0;
    }
    return ended;
  }

  #noteReplay(now: number, { key, reservation, body }: Replay): void {
    const rows = rowsOf(body);
    if (reservation === undefined) {
      this.#push({ at: now, reservation: undefined, replays: [key], rows });
      return;
    }
    const pending = this.#replaysOf.get(reservation);
    if (pending) {
      pending.keys.push(key);
      pending.rows += rows;
    } else {
      this.#replaysOf.set(reservation, { keys: [key], rows });
    }
  }

  #end(now: number, id: string): void {
    const { keys, rows } = this.#replaysOf.get(id) ?? { keys: [], rows: 0 };
    this.#replaysOf.delete(id);
    this.#push({ at: now, reservation: id, replays: keys, rows: rows + 1 });
  }

  #push(ended: Ended): void {
    this.#ended.push(ended);
    this.#rows += ended.rows;
  }
}

/** Only the free-form members of a request can be large. */
function rowsOf(body: object): number {
  let size = 0;
  if ("metadata" in body) size += JSON.stringify(body.metadata).length;
  if ("metrics" in body) size += JSON.stringify(body.metrics).length;
  return 1 + Math.floor(size / ROW_SIZE);
}
