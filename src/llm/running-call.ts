import type { Clock, Timer } from "../index.js";
import type { CallAccount } from "./account.js";
import type { Answer } from "./answer.js";
import { type Passage, passThrough } from "./pass-through.js";
import type { CallSpend } from "./spend.js";

/** Settles a call when the stream of its answer was garbage-collected. */
const collector =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<{ dropped(): void }>((call) => {
        call.dropped();
      });

/** What a call needs besides the stream of its answer. */
export interface Running<Chunk> {
  readonly account: CallAccount;
  readonly answer: Answer<Chunk>;
  /** Whether a chunk comes from the model: the first one that does starts the answer. */
  readonly isContent: (chunk: Chunk) => boolean;
  /** What it costs as long as nothing has arrived; undefined for an error, which costs nothing. */
  readonly expected: (() => CallSpend) | undefined;
  readonly clock: Clock;
  readonly idleTimeout: number;
  readonly signal: AbortSignal;
}

/**
 * A call whose answer is under way: meters the answer as it passes, and settles at whichever ending
 * comes first.
 *
 * It does not reference the stream that the caller reads, so that a stream that the caller has
 * dropped can be collected.
 */
export class RunningCall<Chunk> implements Passage<Chunk> {
  readonly #running: Running<Chunk>;
  readonly #reader: ReadableStreamDefaultReader<Chunk>;
  #hasStarted = false;
  /** Whether the caller has stopped reading, or the answer broke off. What comes then is not read. */
  #isOver = false;
  #lastActive: number;
  #timer: Timer | undefined;

  private constructor(running: Running<Chunk>, reader: ReadableStreamDefaultReader<Chunk>) {
    this.#running = running;
    this.#reader = reader;
    this.#lastActive = running.clock.monotonic();
    this.#wait(running.idleTimeout);
    running.signal.addEventListener("abort", this.#abort, { once: true });
  }

  /** Returns the stream that the caller reads. */
  static stream<Chunk>(
    running: Running<Chunk>,
    source: ReadableStream<Chunk>,
  ): ReadableStream<Chunk> {
    const reader = source.getReader();
    const call = new RunningCall(running, reader);
    const stream = passThrough(reader, call);
    collector?.register(stream, call);
    return stream;
  }

  chunk(chunk: Chunk): Chunk | undefined {
    if (this.#isOver) return chunk;
    const { account, answer, expected, isContent, clock } = this.#running;
    this.#lastActive = clock.monotonic();
    if (!this.#hasStarted && isContent(chunk)) {
      this.#hasStarted = true;
      if (expected !== undefined) account.note(expected());
    }
    return answer.read(chunk);
  }

  end(): Chunk | undefined {
    if (this.#isOver) return undefined;
    const passed = this.#running.answer.end();
    this.#settle();
    return passed;
  }

  cancelled(): void {
    this.#breakOff();
  }

  failed(): void {
    this.#breakOff();
  }

  dropped(): void {
    this.#breakOff();
    this.#reader.cancel().catch(() => undefined);
  }

  readonly settled = (): Promise<void> => this.#running.account.settled();

  readonly #abort = (): void => {
    this.#breakOff();
  };

  #breakOff(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle();
  }

  #settle(): void {
    this.#timer?.cancel();
    this.#running.signal.removeEventListener("abort", this.#abort);
    const { account, answer, expected } = this.#running;
    account.settle(this.#hasStarted ? answer.spend() : expected?.());
  }

  /** One timer for the whole answer: it starts again for the time that is left. */
  #wait(ms: number): void {
    const { clock, idleTimeout } = this.#running;
    this.#timer = clock.setTimeout(() => {
      const left = this.#lastActive + idleTimeout - clock.monotonic();
      if (left > 0) this.#wait(left);
      else this.#settle();
    }, ms);
    this.#timer.unref();
  }
}
