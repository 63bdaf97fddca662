import { contain, thrownText } from "./callback.js";
import { describe, levelOf } from "./notice-text.js";
import type { Logger, LogLevel, Notice, Notify } from "./notices.js";
import type { Redactor } from "./secrets.js";
import { cut, plain } from "./text.js";

/** From the most to the least that is printed. */
export const LOG_LEVELS = [
  "debug",
  "info",
  "warn",
  "error",
  "off",
] as const satisfies readonly LogLevel[];

/** Hands each notice to `onNotice`, and prints those at or above `logLevel`. */
export function notifier(options: {
  readonly onNotice: ((notice: Notice) => void) | undefined;
  /** `undefined`: the console, which is given the message only, for what it makes of a notice has no bound. */
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
        // There is nowhere left to say it, and a broken logger must not cost anybody a spend.
      },
    );
  };
  const said = new Set<string>();
  const failed = (notice: Notice, error: unknown) => {
    const message = `onNotice failed: ${thrownText(error)}`;
    if (said.has(message) || said.size >= MOST_CAUSES) return;
    said.add(message);
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

/** Whether a notice quotes what code of the user's has thrown. Errors of ours have no secrets by now. */
function quotesForeignText({ type }: Notice): boolean {
  return type === "callback_failed" || type === "journal_failed";
}

/** A callback that fails each time in another way is not worth a line each time. */
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

/** In characters; an error may quote what a server said. */
const LONGEST_LINE = 2_000;
