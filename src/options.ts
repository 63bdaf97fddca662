import type { Clock } from "./clock.js";
import type { Journal } from "./journal.js";
import type { LowBudgetAlert } from "./low-budgets.js";
import type { Logger, LogLevel, Notice } from "./notices.js";
import type { OnUnavailable, PolicyMode } from "./policy-options.js";
import type { SubjectDefaults } from "./protocol/subject.js";
import type { WebRequestInit, WebResponse } from "./web.js";

/** A function with the signature of the platform's `fetch`. */
export type Fetch = (url: string, init: WebRequestInit) => Promise<WebResponse>;

/**
 * The part of undici's `Agent`, `Pool` or `ProxyAgent` that the client uses. It needs undici 7 or
 * newer.
 *
 * @example
 * ```ts
 * import { CyclesClient, type Dispatcher } from "cycles-client";
 * declare const proxy: Dispatcher; // new ProxyAgent("http://proxy.internal:3128"), from undici
 * const cycles = new CyclesClient({ dispatcher: proxy });
 * ```
 */
export interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** How the client retries the commit of a known spend. */
export interface RetryOptions {
  /**
   * Attempts in the foreground, including the first one.
   * `CYCLES_RETRY_MAX_ATTEMPTS`, default 5.
   */
  readonly maxAttempts?: number;
  /**
   * The delay before the second attempt, in milliseconds. Before jitter, it is at least 100.
   * `CYCLES_RETRY_INITIAL_DELAY`, default 500.
   */
  readonly initialDelay?: number;
  /**
   * The factor by which each further delay grows, from 1 to 100.
   * `CYCLES_RETRY_MULTIPLIER`, default 2.
   */
  readonly multiplier?: number;
  /** The longest delay, in milliseconds. `CYCLES_RETRY_MAX_DELAY`, default 30,000. */
  readonly maxDelay?: number;
}

/**
 * The options of a client. If an option has an environment variable, the variable applies when
 * the option is left out. All times are in milliseconds. The client rejects unknown options and
 * values of the wrong type.
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
  /**
   * The URL of the budget authority: http or https, without credentials, query or fragment.
   * `CYCLES_BASE_URL`, required.
   */
  readonly baseUrl?: string;
  /**
   * The tenant's API key. The client sends it only to `baseUrl`, and never shows it in errors or
   * logs. `CYCLES_API_KEY`.
   */
  readonly apiKey?: string;
  /**
   * Defaults for the subject of every request, field by field.
   * `CYCLES_TENANT`, `CYCLES_WORKSPACE`, … `CYCLES_TOOLSET`.
   */
  readonly subject?: SubjectDefaults;
  /**
   * The ids that a subject may have. `"strict"`: only letters, digits, `_`, `.` and `-`, because
   * servers may refuse others. The client then refuses them before it sends a request, and
   * `scopeId` makes an id of any text. `"any"`: the server decides. Default `"strict"`.
   */
  readonly subjects?: "strict" | "any";
  /**
   * One attempt may take `connectTimeout` + `readTimeout` milliseconds.
   * `CYCLES_CONNECT_TIMEOUT`, default 2,000.
   */
  readonly connectTimeout?: number;
  /**
   * One attempt may take `connectTimeout` + `readTimeout` milliseconds.
   * `CYCLES_READ_TIMEOUT`, default 5,000.
   */
  readonly readTimeout?: number;
  /**
   * The number of retries of reads, decide, events and the low-level settlement calls. Default 2.
   */
  readonly maxRetries?: number;
  /**
   * How the client retries the commit of a known spend. With `false`, it makes one attempt. If
   * that fails, the spend stays in the journal; without a journal, the error is thrown.
   * `CYCLES_RETRY_ENABLED`, default on.
   */
  readonly retry?: RetryOptions | false;
  /**
   * How long a commit is tried before it resolves with `queued`, and how long a release may take,
   * in milliseconds. Default 10,000.
   */
  readonly settleTimeout?: number;
  /**
   * How long `flush` and `close` wait for spends in flight, in milliseconds.
   * `CYCLES_RETRY_FLUSH_TIMEOUT`, default 10,000.
   */
  readonly flushTimeout?: number;
  /**
   * Keeps known spends until they are in the ledger. `false` turns the journal off. Default: files
   * on Node, Bun and Deno; no journal on other runtimes. `CYCLES_JOURNAL_ENABLED`.
   */
  readonly journal?: Journal | false;
  /**
   * The folder of the file journal. In code, it turns the journal on, whatever the variable says.
   * `CYCLES_JOURNAL_DIR`, default `~/.runcycles/commit-journal`.
   */
  readonly journalDir?: string;
  /**
   * Where the journal keeps a spend during its first attempt. `"log"`: in an append-only file of
   * this client, which costs one write for all spends of a turn of the event loop. `"files"`: in a
   * file of its own, in the format that the Cycles clients of all languages read. From the second
   * attempt on, every spend has its own file. Default `"log"`.
   */
  readonly journalMode?: "log" | "files";
  /**
   * When a spend counts as kept. `"os"`: the operating system has it, so it survives the end of the
   * process. `"disk"`: the disk has it, so it also survives a power failure. Default `"os"`.
   */
  readonly journalSync?: "os" | "disk";
  /**
   * The greatest age of a spend in the journal, in milliseconds since its first request. An older
   * spend is set aside and not sent. The default is also the maximum: how long the server
   * remembers idempotency keys, 30 days for commits and 7 days for events.
   */
  readonly journalMaxAge?: number;
  /** Headers for every request, such as those that a gateway needs. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The W3C trace context to send. Without it, every operation and every guard gets a new trace id.
   */
  readonly traceparent?: string | (() => string | undefined);
  /**
   * The maximum number of connections to the server. Further requests wait for a free one.
   * Only on Node. Default 64.
   */
  readonly connections?: number;
  /**
   * How long an idle connection is kept, in milliseconds, unless the server sets another time.
   * Only on Node. Default 10,000.
   */
  readonly keepAliveTimeout?: number;
  /**
   * An undici dispatcher (version 7 or newer) in place of the client's own connection pool, for
   * proxies, client certificates and Unix sockets. Only on Node.
   */
  readonly dispatcher?: Dispatcher;
  /**
   * `"observe"`: no work is denied, and notices say what `"enforce"` would have denied. A call can
   * have a mode of its own. `CYCLES_MODE`, default `"enforce"`.
   */
  readonly mode?: PolicyMode;
  /**
   * `{ allow }`: how much may be spent without reservations while the authority cannot be reached.
   * See {@link OnUnavailable}. Default `"deny"`.
   */
  readonly onUnavailable?: OnUnavailable;
  /**
   * Calls `notify` when less than a fraction of a budget is left: once for each threshold and
   * budget, until the size of the budget changes. The client learns it from the balances in
   * responses, so a budget that it does not use is not watched.
   */
  readonly onLow?: readonly LowBudgetAlert[];
  /** A `fetch` in place of the built-in transport. */
  readonly fetch?: Fetch;
  /** The source of time. In tests, the client and the embedded authority share one clock. */
  readonly clock?: Clock;
  /** Receives every notice. */
  readonly onNotice?: (notice: Notice) => void;
  /** Prints notices. Default: the console, which gets only the messages. */
  readonly logger?: Logger;
  /** The lowest level of notices that are printed. `CYCLES_LOG`, default `warn`. */
  readonly logLevel?: LogLevel;
  /**
   * Keeps a serverless invocation alive: the client passes a promise for each settlement in flight.
   */
  readonly waitUntil?: (settlement: Promise<unknown>) => void;
  /** Allows a client in a browser, where every visitor can read the API key. Default `false`. */
  readonly dangerouslyAllowBrowser?: boolean;
}

/**
 * Callbacks that are added to a client after it was made. They apply to the client, its relatives
 * and their settlements, in addition to the callbacks in the options. A `traceparent` in the
 * options takes precedence.
 */
export type Instrumentation = Pick<ClientOptions, "onNotice" | "traceparent">;

/** The options that a child client can change. */
export type ChildOptions = Pick<
  ClientOptions,
  "subject" | "headers" | "traceparent" | "maxRetries" | "mode" | "onUnavailable"
>;
