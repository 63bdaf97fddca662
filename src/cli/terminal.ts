import type { Writable } from "node:stream";

/** The parts of the process that a command uses. A test passes its own. */
export interface Terminal {
  readonly stdout: OutputStream;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Returns a signal that aborts at Ctrl-C and SIGTERM. Until then, these end the process. */
  readonly stopRequested: () => AbortSignal;
  /** Reads standard input to its end. */
  readonly readInput?: () => Promise<string>;
}

/** A stream that may be a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** An error that the user can fix: an option, a file or a port. The exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The width of a line, unless the terminal is wider. */
const COLUMNS = 80;
const MOST_COLUMNS = 132;

/** How much output may wait for a slow reader, in bytes. */
const MAX_WAITING_BYTES = 2 ** 20;

/**
 * Standard output. Its reader may close it early, as `head` does; output after that is discarded.
 */
export class Output {
  readonly #stdout: OutputStream;
  readonly #closed = new AbortController();
  /** Whether to print colours: on a terminal, unless NO_COLOR is set. */
  readonly isColoured: boolean;

  constructor({ stdout, env }: Pick<Terminal, "stdout" | "env">) {
    this.#stdout = stdout;
    this.isColoured = stdout.isTTY === true && (env["NO_COLOR"] ?? "") === "";
    stdout.on("error", (error) => {
      this.#closed.abort(error);
    });
  }

  /** Aborts when standard output is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** The error of standard output; `undefined` if there is none, or if the reader closed it. */
  get failure(): Error | undefined {
    const reason: unknown = this.closed.aborted ? this.closed.reason : undefined;
    if (!(reason instanceof Error)) return undefined;
    return "code" in reason && reason.code === "EPIPE" ? undefined : reason;
  }

  get columns(): number {
    return Math.min(MOST_COLUMNS, Math.max(COLUMNS, this.#stdout.columns ?? COLUMNS));
  }

  /** Whether the reader is so slow that more output would only take memory. */
  get isBehind(): boolean {
    return this.#stdout.writableLength > MAX_WAITING_BYTES;
  }

  write(text: string): void {
    if (!this.closed.aborted) this.#stdout.write(text);
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }
}

/** Characters that a terminal interprets or hides, and that `JSON.stringify` does not escape. */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Returns JSON in which every control and bidi character is escaped. */
export function safeJson(value: object, indent = 0): string {
  return JSON.stringify(value, undefined, indent).replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
    .join("");
}
