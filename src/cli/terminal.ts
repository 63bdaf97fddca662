import type { Writable } from "node:stream";

/** What a command runs in: the process, or what a test puts in its place. */
export interface Terminal {
  readonly stdout: Screen;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts at Ctrl-C and at SIGTERM. Until a command asks for it, these end the process as they always do. */
  readonly stopRequested: () => AbortSignal;
}

/** A stream that may be the screen of a terminal. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

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

/** What a terminal would obey, or would not show, beside what `JSON.stringify` escapes by itself. */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON with the same values as `JSON.stringify` writes, and every control and bidi character escaped. */
export function safeJson(value: object, indent = 0): string {
  return JSON.stringify(value, undefined, indent).replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
    .join("");
}
