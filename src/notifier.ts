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

/** Passes each notice to the listeners, and prints the notices at or above `logLevel`. */
export function notifier(options: {
  /** Listeners can be added and removed at any time. */
  readonly listeners: ReadonlySet<NoticeListener>;
  /**
   * `undefined`: the console. It gets only the message, because it would print a notice at any
   * length.
   */
  readonly logger: Logger | undefined;
  readonly logLevel: LogLevel;
  readonly redactor: Redactor;
}): Notify {
  const { listeners, logger, logLevel, redactor } = options;
  const threshold = LOG_LEVELS.indexOf(logLevel);
  const isPrinted = (level: Level) => LOG_LEVELS.indexOf(level) >= threshold;
  const write = logger === undefined || logger === console ? toConsole : to(logger);
  const print = (level: Level, notice: Notice, message?: string) => {
    if (!isPrinted(level)) return;
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
  return (raised, redactorOfCall = () => redactor) => {
    const level = levelOf(raised);
    if (listeners.size === 0 && !isPrinted(level)) return;
    const notice = QUOTING.includes(raised.type) ? redactorOfCall().value(raised) : raised;
    for (const listener of listeners) {
      contain(
        () => listener(notice),
        (error) => {
          failed(notice, error);
        },
      );
    }
    print(level, notice);
  };
}

/** Receives every notice. */
export type NoticeListener = (notice: Notice) => void;

type Level = Exclude<LogLevel, "off">;

/**
 * The notices that quote requests, responses or errors of the user's code, which may contain
 * secrets. They have been removed from errors of this package already.
 */
const QUOTING: readonly Notice["type"][] = [
  "reserved",
  "denied",
  "unguarded",
  "would_deny",
  "would_cap",
  "committed",
  "callback_failed",
  "journal_failed",
];

/** How many different failures of `onNotice` are printed. */
const MOST_CAUSES = 100;

/** Writes one line. */
type Write = (level: Level, line: string, notice: Notice) => unknown;

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
