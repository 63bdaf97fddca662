import type { Replay, Reservation } from "./state.js";

interface Ended {
  readonly at: number;
  readonly reservation: string | undefined;
  /** The replays that go with it. */
  readonly replays: readonly string[];
}

/**
 * What is forgotten, and when: reservations some time after they have ended, with the answers about them; answers about
 * no reservation some time after they were given. In the order in which that happens.
 */
export class Memory {
  readonly #retentionMs: number;
  readonly #replaysOf = new Map<string, string[]>();
  /** A queue: what stands before `#first` has been forgotten. */
  #ended: Ended[] = [];
  #first = 0;

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs;
  }

  /** Takes note of what a command has changed. */
  note(now: number, reservation: Reservation | undefined, replay: Replay | undefined): void {
    if (this.#retentionMs === Infinity) return;
    if (replay) this.#noteReplay(now, replay);
    if (reservation && reservation.status !== "ACTIVE") this.#end(now, reservation.id);
  }

  /** What is to be forgotten by now. */
  *due(now: number): Generator<Ended, void> {
    for (;;) {
      const ended = this.#ended[this.#first];
      if (ended === undefined || ended.at + this.#retentionMs >= now) return;
      this.#first += 1;
      if (this.#first * 2 > this.#ended.length) {
        this.#ended = this.#ended.slice(this.#first);
        this.#first = 0;
      }
      yield ended;
    }
  }

  #noteReplay(now: number, { key, reservation }: Replay): void {
    if (reservation === undefined) {
      this.#ended.push({ at: now, reservation: undefined, replays: [key] });
      return;
    }
    const replays = this.#replaysOf.get(reservation);
    if (replays) replays.push(key);
    else this.#replaysOf.set(reservation, [key]);
  }

  #end(now: number, id: string): void {
    const replays = this.#replaysOf.get(id) ?? [];
    this.#replaysOf.delete(id);
    this.#ended.push({ at: now, reservation: id, replays });
  }
}
