import { contain, thrownText } from "./callback.js";
import { describe, levelOf } from "./notice-text.js";
import type { Logger, LogLevel, Notice, Notify } from "./notices.js";
import type { Redactor } from "./secrets.js";
import { cut, plain } from "./text.js";

/** The levels, from the one that prints the most to the one that prints nothing. */
export const LOG_LEVELS = [
  "debug",
  "info",
  "warn",
  "error",
  "off",
] as const satisfies readonly LogLevel[];

/** Passes each notice to `onNotice`, and prints the notices at or above `logLevel`. */
export function notifier(options: {
  readonly onNotice: ((notice: Notice) => void) | undefined;
  /**
   * `undefined`: the console. It gets only the message, because it would print a notice at any
   * length.
   */
  readonly logger: Logger | undefined;
  readonly logLevel: LogLevel;
  readonly redactor: Redactor;
}): Notify {
  const { onNotice, logger, logLevel, redactor } = options;
  const threshold = LOG_LEVELS.indexOf(logLevel);
  const write = logger === undefined || logger === console ? toConsole : to(logger);
  const print = (level: Exclude<LogLevel, "off">, notice: Notice, message?: string) => {
    if (LOG_LEVELS.indexOf(level) < threshold) return;
    contain(
      () => {
        const text = redactor.text(message ?? describe(notice));
        return write(level, `cycles: ${cut(plain(text), LONGEST_LINE)}`, redactor.value(notice));
      },
      () => {
        // A broken logger must not stop a settlement, and there is no other place to report it.
      },
    );
  };
  const reported = new Set<string>();
  const failed = (notice: Notice, error: unknown) => {
    const message = `onNotice failed: ${thrownText(error)}`;
    if (reported.has(message) || reported.size >= MOST_CAUSES) return;
    reported.add(message);
    print("error", notice, message);
  };
  return (raised) => {
    const notice = quotesForeignText(raised) ? redactor.value(raised) : raised;
    if (onNotice) {
      contain(
        () => onNotice(notice),
        (error) => {
          failed(notice, error);
        },
      );
    }
    print(levelOf(notice), notice);
  };
}

/**
 * Whether a notice quotes an error of the user's code, which may contain secrets. They have been
 * removed from errors of this package already.
 */
function quotesForeignText({ type }: Notice): boolean {
  return type === "callback_failed" || type === "journal_failed";
}

/** How many different failures of `onNotice` are printed. */
const MOST_CAUSES = 100;

/** Writes one line. */
type Write = (level: Exclude<LogLevel, "off">, line: string, notice: Notice) => unknown;

const to =
  (logger: Logger): Write =>
  (level, line, notice) =>
    logger[level](line, notice);

const toConsole: Write = (level, line) => {
  const lines: Readonly<Record<typeof level, (line: string) => void>> = console;
  lines[level](line);
};

/** In characters. There is a limit because an error may quote a response of the server. */
const LONGEST_LINE = 2_000;
