import type { Notify } from "../notices.js";

/** The record is larger than the journal keeps. */
export const RECORD_TOO_LARGE = "RECORD_TOO_LARGE";

/** A journal whose every message is new must not fill log and memory. */
const MOST_CAUSES = 20;
const LONGEST_TEXT = 500;

/** Reports failures of the journal, once for each cause until the action succeeds again. */
export class JournalFailures {
  readonly #notify: Notify;
  /** By action, the causes that were reported. */
  readonly #reported = new Map<string, Set<string>>();

  constructor(notify: Notify) {
    this.#notify = notify;
  }

  report(action: string, error: unknown): void {
    const { code, message } = describe(error);
    const causes = this.#reported.get(action) ?? new Set<string>();
    this.#reported.set(action, causes);
    const cause = code ?? message;
    if (causes.has(cause) || causes.size >= MOST_CAUSES) return;
    causes.add(cause);
    this.#notify({ type: "journal_failed", action, message, code });
  }

  /** The action has succeeded. */
  end(action: string): void {
    if (this.#reported.size === 0) return;
    const causes = this.#reported.get(action);
    if (causes === undefined) return;
    // That a smaller record was written says nothing about the next large one.
    for (const cause of causes) if (cause !== RECORD_TOO_LARGE) causes.delete(cause);
  }
}

interface Reason {
  readonly code: string | undefined;
  readonly message: string;
}

/** What a store throws may be anything, also something whose members throw. */
function describe(error: unknown): Reason {
  try {
    if (!(error instanceof Error)) return { code: undefined, message: bounded(String(error)) };
    const code: unknown = "code" in error ? error.code : undefined;
    const message: unknown = error.message;
    return {
      code:
        typeof code === "string" || typeof code === "number" ? bounded(String(code)) : undefined,
      message: bounded(String(message)),
    };
  } catch {
    return { code: undefined, message: "it threw something that cannot be read" };
  }
}

/** Cut between two words: half a secret would not be recognised as one. */
export function bounded(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return `${/^.*\s/s.exec(text.slice(0, LONGEST_TEXT))?.[0].trimEnd() ?? ""} …`.trimStart();
}
