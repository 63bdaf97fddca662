import { subjectLevels } from "../generated/constants.js";
import { contained } from "./callback.js";
import { systemClock, type Clock } from "./clock.js";
import { environment, isBrowser } from "./environment.js";
import { CyclesConfigError } from "./errors.js";
import { checkHeaders, lowerCased } from "./protocol/headers.js";
import type { Journal } from "./journal.js";
import type { Logger, LogLevel, Notice, Notify } from "./notices.js";
import { isLogLevel, notifier } from "./notifier.js";
import { checkChildOptions, checkOptions } from "./option-kinds.js";
import { redactorOf } from "./secrets.js";
import { mergeSubject, type SubjectDefaults } from "./protocol/subject.js";
import type { WebRequestInit, WebResponse } from "./web.js";

/** A `fetch` in the shape of the platform's. */
export type Fetch = (url: string, init: WebRequestInit) => Promise<WebResponse>;

/**
 * What undici's `Agent`, `Pool`, `ProxyAgent`, … have in common, of version 7 or newer.
 *
 * @example
 * ```ts
 * import { CyclesClient, type Dispatcher } from "cycles-client";
 * declare const proxy: Dispatcher; // new ProxyAgent("http://proxy.internal:3128"), of undici
 * const cycles = new CyclesClient({ dispatcher: proxy });
 * ```
 */
export interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** How a known spend is brought into the ledger if the first try fails. */
export interface RetryOptions {
  /** Tries in the foreground, the first one included. `CYCLES_RETRY_MAX_ATTEMPTS`, default 5. */
  readonly maxAttempts?: number;
  /** Milliseconds before the second try, at least 100 before jitter. `CYCLES_RETRY_INITIAL_DELAY`, default 500. */
  readonly initialDelay?: number;
  /** By what each further delay grows. `CYCLES_RETRY_MULTIPLIER`, default 2. */
  readonly multiplier?: number;
  /** The longest delay, in milliseconds. `CYCLES_RETRY_MAX_DELAY`, default 30,000. */
  readonly maxDelay?: number;
}

/**
 * What a client is made of. An option can be left out if the variable named with it is set; an option in code wins
 * over the variable. All times are milliseconds. An unknown option, or a value of the wrong type, is refused.
 *
 * @example
 * ```ts
 * import { CyclesClient, type ClientOptions } from "cycles-client";
 * const options: ClientOptions = {
 *   baseUrl: "http://127.0.0.1:7878",
 *   apiKey: "cyc_live_example",
 *   subject: { tenant: "acme", agent: "planner" },
 * };
 * const cycles = new CyclesClient(options);
 * ```
 */
export interface ClientOptions {
  /** Where the budget authority is: http(s), without credentials, query or fragment. `CYCLES_BASE_URL`. */
  readonly baseUrl?: string;
  /** The tenant's key. `CYCLES_API_KEY`. Sent to `baseUrl` and nowhere else; in no error and no log. */
  readonly apiKey?: string;
  /** Filled into every subject, field by field. `CYCLES_TENANT`, `CYCLES_WORKSPACE`, … `CYCLES_TOOLSET`. */
  readonly subject?: SubjectDefaults;
  /** Together with `readTimeout` the bound of one attempt. `CYCLES_CONNECT_TIMEOUT`, default 2,000. */
  readonly connectTimeout?: number;
  /** Together with `connectTimeout` the bound of one attempt. `CYCLES_READ_TIMEOUT`, default 5,000. */
  readonly readTimeout?: number;
  /** Further tries of reads, decide and events, and of the low-level settlement calls. Default 2. */
  readonly maxRetries?: number;
  /**
   * How settlement retries. `false` (or `CYCLES_RETRY_ENABLED=false`): one try; then the spend is left to its record in
   * the journal, or, if there is none, the error is thrown.
   */
  readonly retry?: RetryOptions | false;
  /** How long a commit tries before it resolves with `queued`, and how long a release may take. Default 10,000. */
  readonly settleTimeout?: number;
  /** How long `flush` and closing wait for spends on their way. `CYCLES_RETRY_FLUSH_TIMEOUT`, default 10,000. */
  readonly flushTimeout?: number;
  /**
   * Where known spends are kept until the ledger has them. `false` (or `CYCLES_JOURNAL_ENABLED=false`): nowhere.
   * Default: in files on Node, Bun and Deno; nowhere on other runtimes.
   */
  readonly journal?: Journal | false;
  /**
   * The folder of the file journal; named in code, it turns the journal on. `CYCLES_JOURNAL_DIR`, default
   * `~/.runcycles/commit-journal`.
   */
  readonly journalDir?: string;
  /**
   * A spend that has waited longer than this since its first request, in milliseconds, is set aside and not sent. At most,
   * and by default, as long as the server remembers its key: 30 days for commits, 7 days for events.
   */
  readonly journalMaxAge?: number;
  /** Headers for every request, such as those of a gateway. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The W3C trace context to send; without one, every operation and every guard gets a trace id of its own. */
  readonly traceparent?: string | (() => string | undefined);
  /** The most connections to the server; further requests wait for one. Only on Node. Default 64. */
  readonly connections?: number;
  /** How long an idle connection is kept if the server does not say. Only on Node. Default 10,000. */
  readonly keepAliveTimeout?: number;
  /** Connections of your own, of undici 7 or newer: proxies, client certificates, unix sockets. Only on Node. */
  readonly dispatcher?: Dispatcher;
  /** A `fetch` of your own in place of the built-in transport. */
  readonly fetch?: Fetch;
  /** Where time comes from. Tests share the embedded authority's. */
  readonly clock?: Clock;
  /** Is handed every notice. */
  readonly onNotice?: (notice: Notice) => void;
  /** Prints notices; default: the console, with the messages only. */
  readonly logger?: Logger;
  /** The least loud notice that is printed. `CYCLES_LOG`, default "warn". */
  readonly logLevel?: LogLevel;
  /** A serverless platform's way to keep an invocation alive; it is handed a promise for each settlement in flight. */
  readonly waitUntil?: (settlement: Promise<unknown>) => void;
  /** In a browser the API key is public; set this if you accept that. */
  readonly dangerouslyAllowBrowser?: boolean;
}

/** What a child client may see differently from its parent. */
export type ChildOptions = Pick<
  ClientOptions,
  "subject" | "headers" | "traceparent" | "maxRetries"
>;

/** The options after all sources were read and checked. */
export interface Settings {
  /** As `URL` writes it, so that every transport reaches the same path; without slashes at its end. */
  readonly baseUrl: string;
  /** As it was given, slashes and all: the journal's name of the server. */
  readonly configuredBaseUrl: string;
  readonly apiKey: string | undefined;
  readonly subject: SubjectDefaults;
  readonly connectTimeout: number;
  readonly attemptTimeout: number;
  readonly maxRetries: number;
  readonly retry: Required<RetryOptions> | false;
  readonly settleTimeout: number;
  readonly flushTimeout: number;
  /** `undefined`: the runtime's own, where it has one. */
  readonly journal: Journal | false | undefined;
  readonly journalDir: string | undefined;
  readonly journalMaxAge: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly traceparent: () => string | undefined;
  readonly connections: number;
  readonly keepAliveTimeout: number;
  readonly dispatcher: Dispatcher | undefined;
  /** `undefined`: the runtime's own transport. */
  readonly fetch: Fetch | undefined;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly waitUntil: ((settlement: Promise<unknown>) => void) | undefined;
}

/** Under this, a time was meant in seconds: the Python client reads the same variables so. */
export const SHORTEST_TIME_MS = 50;

/**
 * One frozen value out of code, variables and defaults.
 *
 * @throws {@link CyclesConfigError} that names the option, the variable and the fix.
 */
export function resolveOptions(options: ClientOptions): Settings {
  checkOptions(options);
  const env = environment();
  if (isBrowser() && options.dangerouslyAllowBrowser !== true) {
    throw new CyclesConfigError(
      "This is a browser: everyone who opens the page can read the API key and spend the budget. " +
        "Call Cycles from your server, or set dangerouslyAllowBrowser if you know why this is safe.",
    );
  }
  const key = apiKey(options.apiKey ?? env["CYCLES_API_KEY"]);
  const sent = headers(options.headers);
  const configuredBaseUrl = options.baseUrl ?? env["CYCLES_BASE_URL"];
  const connectTimeout = time(
    options.connectTimeout,
    env,
    "connectTimeout",
    "CYCLES_CONNECT_TIMEOUT",
    2_000,
  );
  const readTimeout = time(options.readTimeout, env, "readTimeout", "CYCLES_READ_TIMEOUT", 5_000);
  const notify = notifier({
    onNotice: options.onNotice,
    logger: options.logger,
    logLevel: logLevel(options.logLevel ?? env["CYCLES_LOG"]),
    redactor: redactorOf(key, sent),
  });
  return Object.freeze({
    baseUrl: baseUrl(configuredBaseUrl),
    configuredBaseUrl: configuredBaseUrl ?? "",
    apiKey: key,
    subject: mergeSubject(subjectFrom(env), options.subject),
    connectTimeout,
    attemptTimeout: connectTimeout + readTimeout,
    maxRetries: maxRetries(options.maxRetries) ?? 2,
    retry: retry(options.retry, env),
    settleTimeout: time(options.settleTimeout, {}, "settleTimeout", "", 10_000),
    flushTimeout: time(
      options.flushTimeout,
      env,
      "flushTimeout",
      "CYCLES_RETRY_FLUSH_TIMEOUT",
      10_000,
    ),
    journal: journal(options, env),
    journalDir: options.journalDir ?? nonBlank(env["CYCLES_JOURNAL_DIR"]),
    journalMaxAge:
      options.journalMaxAge === undefined
        ? Infinity
        : checkTime(options.journalMaxAge, "journalMaxAge", 0),
    headers: sent,
    traceparent: traceparent(options.traceparent) ?? (() => undefined),
    connections: count(options.connections ?? 64, "connections", 1),
    keepAliveTimeout: checkTime(
      options.keepAliveTimeout ?? 10_000,
      "keepAliveTimeout",
      SHORTEST_TIME_MS,
    ),
    dispatcher: options.dispatcher,
    fetch: options.fetch,
    clock: options.clock ?? systemClock,
    notify,
    waitUntil: options.waitUntil && contained("waitUntil", options.waitUntil, notify),
  });
}

/** The parent's settings with a child's own laid over them; subject and headers field by field. */
export function inheritOptions(parent: Settings, child: ChildOptions): Settings {
  checkChildOptions(child);
  const sent = headers({ ...parent.headers, ...child.headers });
  return Object.freeze({
    ...parent,
    subject: mergeSubject(parent.subject, child.subject),
    headers: sent,
    maxRetries: maxRetries(child.maxRetries) ?? parent.maxRetries,
    traceparent: traceparent(child.traceparent) ?? parent.traceparent,
    // The parent's notices know nothing of a secret in the child's headers.
    notify:
      child.headers === undefined
        ? parent.notify
        : (notice: Notice) => {
            parent.notify(redactorOf(parent.apiKey, sent).value(notice));
          },
  });
}

function traceparent(value: ClientOptions["traceparent"]): Settings["traceparent"] | undefined {
  // A function of the client's own, by which its failures are told apart from those of other clients.
  return value === undefined ? value : () => (typeof value === "function" ? value() : value);
}

/** Throws {@link CyclesConfigError} for what is no count. */
export function maxRetries(value: number | undefined): number | undefined {
  return value === undefined ? undefined : count(value, "maxRetries", 0);
}

function baseUrl(value: string | undefined): string {
  if (value === undefined || value === "") {
    throw new CyclesConfigError(
      "No base URL: pass `baseUrl` or set CYCLES_BASE_URL, for example http://127.0.0.1:7878",
    );
  }
  if (value !== value.trim()) {
    throw new CyclesConfigError(
      "baseUrl has white space around it (a line break from a copied file?): take it out",
    );
  }
  if (/[\0-\x1f\\]/.test(value)) {
    throw new CyclesConfigError(
      "baseUrl has a backslash or a control character, which a URL would lose: take it out",
    );
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined)
    throw new CyclesConfigError(
      "baseUrl is not a URL: it must be absolute, such as https://cycles.internal",
    );
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new CyclesConfigError(`baseUrl must start with http:// or https://, not ${url.protocol}`);
  }
  // A URL parser mends these, and the host is then another word than the one that was meant.
  if (!/^https?:\/\/[^/]/i.test(value)) {
    throw new CyclesConfigError(
      `baseUrl must have two slashes and a host after ${url.protocol}, such as ${url.protocol}//cycles.internal`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new CyclesConfigError(
      "baseUrl carries credentials, which end up in logs: take them out, and use `apiKey`",
    );
  }
  if (/[?#]/.test(value)) {
    throw new CyclesConfigError(
      "baseUrl has a query or a fragment: leave only scheme, host, port and path",
    );
  }
  return withoutSlashes(url.href);
}

/** Takes the slashes off the end; a regular expression would take quadratic time. */
function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}

function apiKey(value: string | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new CyclesConfigError(
      "apiKey has characters that no header can carry (a line break or a space from a copied file?): trim it",
    );
  }
  return value;
}

function subjectFrom(env: Readonly<Record<string, string | undefined>>): SubjectDefaults {
  const found = subjectLevels.map(
    (level) => [level, env[`CYCLES_${level.toUpperCase()}`]] as const,
  );
  return Object.fromEntries(
    found.filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
}

function retry(
  options: RetryOptions | false | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Settings["retry"] {
  if (
    options === false ||
    (options === undefined && !enabled(env["CYCLES_RETRY_ENABLED"], "CYCLES_RETRY_ENABLED"))
  ) {
    return false;
  }
  const given = options ?? {};
  const multiplier =
    given.multiplier ?? number(env["CYCLES_RETRY_MULTIPLIER"], "CYCLES_RETRY_MULTIPLIER") ?? 2;
  if (!(multiplier >= 1 && multiplier <= 100)) {
    throw new CyclesConfigError(
      `retry.multiplier must be from 1 to 100, not ${String(multiplier)}`,
    );
  }
  const attempts =
    given.maxAttempts ?? number(env["CYCLES_RETRY_MAX_ATTEMPTS"], "CYCLES_RETRY_MAX_ATTEMPTS") ?? 5;
  return {
    maxAttempts: count(attempts, "retry.maxAttempts (CYCLES_RETRY_MAX_ATTEMPTS)", 1),
    initialDelay: time(
      given.initialDelay,
      env,
      "retry.initialDelay",
      "CYCLES_RETRY_INITIAL_DELAY",
      500,
    ),
    multiplier,
    maxDelay: time(given.maxDelay, env, "retry.maxDelay", "CYCLES_RETRY_MAX_DELAY", 30_000),
  };
}

/** Who names a folder in code wants a journal there, whatever the variable says. */
function journal(
  { journal: option, journalDir }: ClientOptions,
  env: Readonly<Record<string, string | undefined>>,
): Settings["journal"] {
  const isOn = enabled(env["CYCLES_JOURNAL_ENABLED"], "CYCLES_JOURNAL_ENABLED");
  return option ?? (isOn || journalDir !== undefined ? undefined : false);
}

function nonBlank(value: string | undefined): string | undefined {
  return value?.trim() === "" ? undefined : value;
}

function enabled(value: string | undefined, name: string): boolean {
  switch (value?.trim().toLowerCase()) {
    case undefined:
    case "":
    case "true":
    case "1":
      return true;
    case "false":
    case "0":
      return false;
    default:
      throw new CyclesConfigError(`${name} must be true or false, not ${JSON.stringify(value)}`);
  }
}

function time(
  option: number | undefined,
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  variable: string,
  fallback: number,
): number {
  const value = option ?? number(env[variable], variable) ?? fallback;
  const what = option === undefined && variable !== "" ? variable : name;
  return checkTime(value, what, /connect|read/i.test(name) ? SHORTEST_TIME_MS : 0);
}

/** Whole milliseconds that were meant as such; 0 passes where `least` is 0, and stands for "do not wait". */
export function checkTime(value: number, what: string, least: number): number {
  const meant = value >= SHORTEST_TIME_MS || (value === 0 && least === 0);
  if (Number.isSafeInteger(value) && meant) return value;
  const seconds =
    value > 0 && value < SHORTEST_TIME_MS
      ? `; ${String(value)} looks like seconds, as the Python client reads it`
      : "";
  const zero = least === 0 ? "0 or " : "";
  throw new CyclesConfigError(
    `${what} is in whole milliseconds, ${zero}at least ${String(SHORTEST_TIME_MS)}, not ${String(value)}${seconds}`,
  );
}

function number(text: string | undefined, variable: string): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const value = Number(text);
  if (Number.isNaN(value))
    throw new CyclesConfigError(`${variable} must be a number, not ${JSON.stringify(text)}`);
  // "5.0" is how the Python client's users write five seconds.
  if (text.includes(".") && /TIMEOUT|DELAY/.test(variable)) {
    throw new CyclesConfigError(
      `${variable} is in whole milliseconds; ${JSON.stringify(text)} looks like seconds, as the Python client reads it`,
    );
  }
  return value;
}

function count(value: number, name: string, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new CyclesConfigError(
    `${name} must be a whole number, ${String(least)} or more, not ${String(value)}`,
  );
}

function headers(
  given: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const problem = checkHeaders(given ?? {})[0];
  if (problem) throw new CyclesConfigError(`${problem.path} ${problem.message}`);
  return Object.freeze(lowerCased(given ?? {}));
}

function logLevel(value: string | undefined): LogLevel {
  const level = value === undefined || value === "" ? "warn" : value.toLowerCase();
  if (isLogLevel(level)) return level;
  throw new CyclesConfigError(
    `logLevel (CYCLES_LOG) must be debug, info, warn, error or off, not ${JSON.stringify(value)}`,
  );
}
