import type { Notify } from "../notices.js";

/** The code of the error for a record that is too large for the journal. */
export const RECORD_TOO_LARGE = "RECORD_TOO_LARGE";

/** Limits the notices of a journal whose messages all differ. */
const MAX_CAUSES = 20;
const MAX_TEXT_LENGTH = 500;

/** Reports each cause of a failing action once, until the action succeeds again. */
export class JournalFailures {
  readonly #notify: Notify;
  /** The causes that were reported, by action. */
  readonly #reported = new Map<string, Set<string>>();

  constructor(notify: Notify) {
    this.#notify = notify;
  }

  report(action: string, thrown: unknown): void {
    const { code, message } = toFailure(thrown);
    const causes = this.#reported.get(action) ?? new Set<string>();
    this.#reported.set(action, causes);
    const cause = code ?? message;
    if (causes.has(cause) || causes.size >= MAX_CAUSES) return;
    causes.add(cause);
    this.#notify({ type: "journal_failed", action, message, code });
  }

  /** Called when an action has succeeded. */
  succeeded(action: string): void {
    if (this.#reported.size === 0) return;
    const causes = this.#reported.get(action);
    if (causes === undefined) return;
    // A large record still fails after a smaller one was written.
    for (const cause of causes) if (cause !== RECORD_TOO_LARGE) causes.delete(cause);
  }
}

/** Shortens a text between two words, because half a secret would not be recognised as one. */
export function shortened(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  const words = /^.*\s/s.exec(text.slice(0, MAX_TEXT_LENGTH))?.[0].trimEnd() ?? "";
  return `${words} …`.trimStart();
}

/** A failure as the notice shows it. */
interface JournalFailure {
  readonly code: string | undefined;
  readonly message: string;
}

/** Reads any value that a journal throws, even one whose properties throw. */
function toFailure(thrown: unknown): JournalFailure {
  try {
    if (!(thrown instanceof Error)) return { code: undefined, message: shortened(String(thrown)) };
    const code: unknown = "code" in thrown ? thrown.code : undefined;
    const message: unknown = thrown.message;
    const hasCode = typeof code === "string" || typeof code === "number";
    return {
      code: hasCode ? shortened(String(code)) : undefined,
      message: shortened(String(message)),
    };
  } catch {
    return { code: undefined, message: "an error that cannot be read" };
  }
}
