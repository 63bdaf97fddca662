import { subjectLevels } from "../generated/constants.js";
import { systemClock } from "./clock.js";
import { LOG_LEVELS } from "./notifier.js";
import {
  callback,
  count,
  flag,
  having,
  headers,
  key,
  type Kind,
  type Limits,
  number,
  oneOf,
  orFalse,
  record,
  SHORTEST_TIME_MS,
  text,
  textOrCallback,
  time,
  url,
} from "./option-kinds.js";
import { lowBudgetAlerts } from "./low-budgets.js";
import { onUnavailable } from "./policy-options.js";
import type { ChildOptions, ClientOptions, Instrumentation, RetryOptions } from "./options.js";

/** The values that one option accepts, and where its value comes from. */
export interface OptionRule<Value> extends Limits {
  readonly kind: Kind<Value>;
  /** The environment variable that applies if the option is left out. */
  readonly variable?: string;
  /** The value if neither the option nor its variable is set. */
  readonly default: Value;
  /** The options inside this one. */
  readonly fields?: OptionRules<Readonly<Record<string, unknown>>>;
}

/** A rule for each option of `Values`. */
export type OptionRules<Values> = { readonly [Name in keyof Values]: OptionRule<Values[Name]> };

/** The options without a default, which stay `undefined` if they are not set. */
type Optional =
  | "baseUrl"
  | "apiKey"
  | "journal"
  | "journalDir"
  | "traceparent"
  | "dispatcher"
  | "fetch"
  | "onNotice"
  | "logger"
  | "waitUntil";

/** The value of each option after it was read and checked. */
export type OptionValues = {
  readonly [Name in keyof ClientOptions]-?:
    Required<ClientOptions>[Name] | (Name extends Optional ? undefined : never);
};

/** The options inside `retry`. */
export const RETRY_RULES: OptionRules<Required<RetryOptions>> = {
  maxAttempts: { kind: count, variable: "CYCLES_RETRY_MAX_ATTEMPTS", default: 5, least: 1 },
  initialDelay: { kind: time, variable: "CYCLES_RETRY_INITIAL_DELAY", default: 500 },
  multiplier: {
    kind: number,
    variable: "CYCLES_RETRY_MULTIPLIER",
    default: 2,
    least: 1,
    most: 100,
  },
  maxDelay: { kind: time, variable: "CYCLES_RETRY_MAX_DELAY", default: 30_000 },
};

/** One variable for each level of a subject: `CYCLES_TENANT`, `CYCLES_WORKSPACE`, … */
export const SUBJECT_RULES: OptionRules<Readonly<Record<string, string | undefined>>> =
  Object.fromEntries(
    subjectLevels.map((level) => [
      level,
      { kind: text, variable: `CYCLES_${level.toUpperCase()}`, default: undefined },
    ]),
  );

/** The rules of all options. The documentation of options is tested against them. */
export const OPTION_RULES: OptionRules<OptionValues> = {
  baseUrl: { kind: url, variable: "CYCLES_BASE_URL", default: undefined },
  apiKey: { kind: key, variable: "CYCLES_API_KEY", default: undefined },
  subject: { kind: record, default: {} },
  subjects: { kind: oneOf(["strict", "any"]), default: "strict" },
  connectTimeout: {
    kind: time,
    variable: "CYCLES_CONNECT_TIMEOUT",
    default: 2_000,
    least: SHORTEST_TIME_MS,
  },
  readTimeout: {
    kind: time,
    variable: "CYCLES_READ_TIMEOUT",
    default: 5_000,
    least: SHORTEST_TIME_MS,
  },
  maxRetries: { kind: count, default: 2 },
  retry: {
    kind: orFalse(record),
    variable: "CYCLES_RETRY_ENABLED",
    default: {},
    fields: RETRY_RULES,
  },
  settleTimeout: { kind: time, default: 10_000 },
  flushTimeout: { kind: time, variable: "CYCLES_RETRY_FLUSH_TIMEOUT", default: 10_000 },
  journal: {
    kind: orFalse(having("put", "remove", "list", "setAside")),
    variable: "CYCLES_JOURNAL_ENABLED",
    default: undefined,
  },
  journalDir: { kind: text, variable: "CYCLES_JOURNAL_DIR", default: undefined },
  journalMode: { kind: oneOf(["log", "files"]), default: "log" },
  journalSync: { kind: oneOf(["os", "disk"]), default: "os" },
  journalMaxAge: { kind: time, default: Infinity },
  headers: { kind: headers, default: {} },
  traceparent: { kind: textOrCallback, default: undefined },
  connections: { kind: count, default: 64, least: 1 },
  keepAliveTimeout: { kind: time, default: 10_000, least: SHORTEST_TIME_MS },
  dispatcher: {
    kind: {
      ...having("dispatch"),
      expected: "an undici dispatcher: an Agent, a Pool, a ProxyAgent, …",
    },
    default: undefined,
  },
  fetch: { kind: callback, default: undefined },
  mode: { kind: oneOf(["enforce", "observe"]), variable: "CYCLES_MODE", default: "enforce" },
  onUnavailable: { kind: onUnavailable, default: "deny" },
  onLow: { kind: lowBudgetAlerts, default: [] },
  clock: { kind: having("now", "monotonic", "setTimeout"), default: systemClock },
  onNotice: { kind: callback, default: undefined },
  logger: { kind: having("debug", "info", "warn", "error"), default: undefined },
  logLevel: { kind: oneOf(LOG_LEVELS), variable: "CYCLES_LOG", default: "warn" },
  waitUntil: { kind: callback, default: undefined },
  dangerouslyAllowBrowser: { kind: flag, default: false },
};

/** The callbacks that can be added to a client. */
export const INSTRUMENTATION_RULES: OptionRules<Pick<OptionValues, keyof Instrumentation>> = {
  onNotice: OPTION_RULES.onNotice,
  traceparent: OPTION_RULES.traceparent,
};

/** The options that a child client can change. */
export const CHILD_RULES: OptionRules<Pick<OptionValues, keyof ChildOptions>> = {
  subject: OPTION_RULES.subject,
  headers: OPTION_RULES.headers,
  traceparent: OPTION_RULES.traceparent,
  maxRetries: OPTION_RULES.maxRetries,
  mode: OPTION_RULES.mode,
  onUnavailable: OPTION_RULES.onUnavailable,
};
