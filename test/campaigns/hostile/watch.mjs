import { inspect } from "node:util";
import { isCyclesError } from "cycles-client";
import { Count } from "../support/count.mjs";

/** Control characters, which a terminal interprets, and invisible characters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const LONGEST_LINE = 2_100;
const MOST_PROBLEMS = 200;

/** An error that the user's own code throws. The client may pass it on unchanged. */
export class OwnError extends Error {}

/** Checks every error, notice and log line of a client, and collects the problems. */
export class Watch {
  /** @type {Map<string, number>} */
  #problems = new Map();
  /** Describes the current case in the text of a problem. */
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
   * Checks an error that a call threw.
   * @param {import("./secrets.mjs").Secrets} secrets
   * @param {unknown} error
   * @param {string} where
   */
  thrown(secrets, error, where) {
    if (error instanceof OwnError) return;
    this.errors.add(isCyclesError(error) ? error.name : "other");
    // The JavaScript engine writes the error if a body that the raw client parses is not JSON.
    if (where === "raw" && error instanceof SyntaxError) return;
    if (!isCyclesError(error)) this.problem(`${where}: not an error of the client`, inspect(error));
    this.#error(secrets, error, where);
  }

  #error(secrets, error, where) {
    this.shows(secrets, String(error?.message), `${where}: message`);
    this.shows(secrets, String(error?.stack), `${where}: stack`);
    this.shows(secrets, JSON.stringify(error) ?? "", `${where}: JSON`);
    this.shows(secrets, inspect(error, { depth: 20, showHidden: true }), `${where}: inspect`);
    if (String(error?.message).length > LONGEST_LINE)
      this.problem(`${where}: the message has ${error.message.length} characters`);
    if (error?.cause !== undefined) this.#error(secrets, error.cause, `${where}: cause`);
  }

  /**
   * Reports a secret in a text that the client shows.
   * @param {import("./secrets.mjs").Secrets} secrets
   * @param {string} text
   * @param {string} where
   */
  shows(secrets, text, where) {
    const leak = secrets.leakIn(text);
    if (leak !== undefined) this.problem(`${where} shows a secret`, JSON.stringify(leak));
  }

  /**
   * The options that connect the notices and the log of a client to the watch.
   * @param {import("./secrets.mjs").Secrets} secrets
   * @param {(notice: import("cycles-client").Notice) => void} [hear]
   */
  listening(secrets, hear) {
    const line = (text, notice) => {
      if (HIDDEN.test(text)) this.problem("a log line contains hidden characters", inspect(text));
      if (text.length > LONGEST_LINE) this.problem(`a log line has ${text.length} characters`);
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
