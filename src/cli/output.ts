import type { Screen, Terminal } from "./terminal.js";

/** What a terminal shows on one line, unless it says that it is wider. */
const COLUMNS = 80;
const MOST_COLUMNS = 132;

/** Standard output, whose reader may leave early, as `head` does. What is written after that goes nowhere. */
export class Output {
  readonly #stdout: Screen;
  readonly #closed = new AbortController();
  /** Whether colours are wanted: on a terminal, and where NO_COLOR is not set. */
  readonly isColoured: boolean;

  constructor({ stdout, env }: Pick<Terminal, "stdout" | "env">) {
    this.#stdout = stdout;
    this.isColoured = stdout.isTTY === true && (env["NO_COLOR"] ?? "") === "";
    stdout.on("error", (error) => {
      this.#closed.abort(error);
    });
  }

  /** Aborts when nothing more can be written. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Why nothing more can be written; `undefined` where all is well, and where the reader has merely left. */
  get failure(): Error | undefined {
    const reason: unknown = this.closed.aborted ? this.closed.reason : undefined;
    if (!(reason instanceof Error)) return undefined;
    return "code" in reason && reason.code === "EPIPE" ? undefined : reason;
  }

  get columns(): number {
    return Math.min(MOST_COLUMNS, Math.max(COLUMNS, this.#stdout.columns ?? COLUMNS));
  }

  write(text: string): void {
    if (!this.closed.aborted) this.#stdout.write(text);
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }
}
