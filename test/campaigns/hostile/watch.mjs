import { inspect } from "node:util";
import { isCyclesError } from "cycles-client";
import { Count } from "../support/count.mjs";

/** What a terminal obeys or a reader cannot see. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const LONGEST_LINE = 2_100;
const MOST_PROBLEMS = 200;

/** An error of the caller's own, which may come out as it went in. */
export class OwnError extends Error {}

/** Looks at all that a client shows, and keeps what should not be there. */
export class Watch {
  /** @type {Map<string, number>} */
  #problems = new Map();
  /** What the case under way is, for the reader of a problem. */
  about = "";
  errors = new Count();
  notices = new Count();

  /** @param {string} what @param {string} [detail] */
  problem(what, detail = "") {
    const key = `${what} [${this.about}] ${detail}`.slice(0, 1_000);
    if (this.#problems.size < MOST_PROBLEMS || this.#problems.has(key))
      this.#problems.set(key, (this.#problems.get(key) ?? 0) + 1);
  }

  get problems() {
    return [...this.#problems].map(([what, times]) => (times > 1 ? `${times} × ${what}` : what));
  }

  /**
   * An error that a caller was given.
   * @param {import("./secrets.mjs").Secrets} secrets
   * @param {unknown} error
   * @param {string} where
   */
  thrown(secrets, error, where) {
    if (error instanceof OwnError) return;
    this.errors.add(isCyclesError(error) ? error.name : "another");
    // What the raw client makes of a body that is not JSON is the engine's to say.
    if (where === "raw" && error instanceof SyntaxError) return;
    if (!isCyclesError(error)) this.problem(`${where}: not an error of ours`, inspect(error));
    this.#error(secrets, error, where);
  }

  #error(secrets, error, where) {
    this.shows(secrets, String(error?.message), `${where}: message`);
    this.shows(secrets, String(error?.stack), `${where}: stack`);
    this.shows(secrets, JSON.stringify(error) ?? "", `${where}: JSON`);
    this.shows(secrets, inspect(error, { depth: 20, showHidden: true }), `${where}: inspect`);
    if (String(error?.message).length > LONGEST_LINE)
      this.problem(`${where}: a message of ${error.message.length} characters`);
    if (error?.cause !== undefined) this.#error(secrets, error.cause, `${where}: cause`);
  }

  /**
   * @param {import("./secrets.mjs").Secrets} secrets
   * @param {string} text
   * @param {string} where
   */
  shows(secrets, text, where) {
    const leak = secrets.leakIn(text);
    if (leak !== undefined) this.problem(`${where} shows a secret`, JSON.stringify(leak));
  }

  /**
   * The options that make a client speak to the watch.
   * @param {import("./secrets.mjs").Secrets} secrets
   * @param {(notice: import("cycles-client").Notice) => void} [hear]
   */
  listening(secrets, hear) {
    const line = (text, notice) => {
      if (HIDDEN.test(text)) this.problem("a log line with hidden characters", inspect(text));
      if (text.length > LONGEST_LINE) this.problem(`a log line of ${text.length} characters`);
      this.shows(secrets, text, "log line");
      this.#notice(secrets, notice, "log");
    };
    return {
      logLevel: /** @type {const} */ ("debug"),
      logger: { debug: line, info: line, warn: line, error: line },
      onNotice: (notice) => {
        this.notices.add(notice.type);
        this.#notice(secrets, notice, "notice");
        hear?.(notice);
      },
    };
  }

  #notice(secrets, notice, where) {
    const about = `${where} ${notice.type}`;
    this.shows(secrets, JSON.stringify(notice), `${about}: JSON`);
    this.shows(secrets, inspect(notice, { depth: 20, showHidden: true }), `${about}: inspect`);
    if (notice.error !== undefined) this.#error(secrets, notice.error, about);
  }
}
