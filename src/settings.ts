import { normalizeBaseUrl } from "./base-url.js";
import { contained } from "./callback.js";
import type { Clock } from "./clock.js";
import { suggestion } from "./closest.js";
import { type Environment, environment, isBrowser } from "./environment.js";
import type { Journal } from "./journal.js";
import { LowBudgets } from "./low-budgets.js";
import type { Notice, Notify } from "./notices.js";
import { type NoticeListener, notifier } from "./notifier.js";
import { isRecord, type Kind, refuse } from "./option-kinds.js";
import {
  CHILD_RULES,
  INSTRUMENTATION_RULES,
  OPTION_RULES,
  type OptionRule,
  type OptionRules,
  type OptionValues,
  RETRY_RULES,
  SUBJECT_RULES,
} from "./option-rules.js";
import type {
  ChildOptions,
  ClientOptions,
  Dispatcher,
  Fetch,
  Instrumentation,
  RetryOptions,
} from "./options.js";
import type { OnUnavailable, PolicyMode, PolicyOptions } from "./policy-options.js";
import { mergeSubject, type Subject } from "./protocol/subject.js";
import { type Redactor, redactorOf } from "./secrets.js";
import { SubjectIds } from "./subject-ids.js";
import { quoted } from "./text.js";

/** The options of a client, read from all sources and checked. */
export interface Settings {
  /** As `URL` writes it, so that every transport requests the same path; no trailing slash. */
  readonly baseUrl: string;
  /** As it was given, with any trailing slashes. The journal's folder is named after this text. */
  readonly configuredBaseUrl: string;
  readonly apiKey: string | undefined;
  readonly subject: Subject;
  /** Shared with child clients. */
  readonly ids: SubjectIds;
  readonly connectTimeout: number;
  /** The longest time for one attempt, in milliseconds, from connecting to the last byte. */
  readonly attemptTimeout: number;
  readonly maxRetries: number;
  readonly retry: Required<RetryOptions> | false;
  readonly settleTimeout: number;
  readonly flushTimeout: number;
  /** `undefined`: the journal of the runtime, if it has one. */
  readonly journal: Journal | false | undefined;
  readonly journalDir: string | undefined;
  readonly journalMode: "log" | "files";
  readonly journalSync: "os" | "disk";
  readonly journalMaxAge: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly traceparent: () => string | undefined;
  /** Further sources of a trace context. Shared with child clients, like `listeners`. */
  readonly traceparents: Set<Settings["traceparent"]>;
  readonly listeners: Set<NoticeListener>;
  readonly connections: number;
  readonly keepAliveTimeout: number;
  readonly dispatcher: Dispatcher | undefined;
  /** `undefined`: the transport of the runtime. */
  readonly fetch: Fetch | undefined;
  readonly clock: Clock;
  readonly mode: PolicyMode;
  readonly onUnavailable: OnUnavailable;
  /** Looks for low budgets in the body of a response. */
  readonly lowBudgets: LowBudgets;
  readonly notify: Notify;
  readonly waitUntil: ((settlement: Promise<unknown>) => void) | undefined;
}

/**
 * Reads and checks the options of a client. Options in code take precedence over variables, and
 * variables over defaults.
 *
 * @throws {@link CyclesConfigError} with a message that names the option, the variable and the fix.
 */
export function resolveOptions(options: ClientOptions): Settings {
  checkOptions(options, OPTION_RULES);
  const env = environment();
  const values = readOptions<OptionValues>(OPTION_RULES, options, env);
  const { apiKey, baseUrl, headers, onNotice, waitUntil } = values;
  if (isBrowser() && !values.dangerouslyAllowBrowser) {
    refuse(
      "This is a browser: everyone who opens the page can read the API key and spend the budget. " +
        "Call Cycles from your server, or set dangerouslyAllowBrowser if that is safe.",
    );
  }
  if (baseUrl === undefined) {
    refuse("No base URL: pass `baseUrl` or set CYCLES_BASE_URL, for example http://127.0.0.1:7878");
  }
  const fromVariables = readOptions(SUBJECT_RULES, {}, env);
  const subject = mergeSubject(fromVariables, values.subject);
  const ids = new SubjectIds(values.subjects === "any");
  checkIds(ids, subject, fromVariables);
  const listeners = new Set(onNotice && [onNotice]);
  const notify = notifier({ ...values, listeners, redactor: redactorOf(apiKey, headers) });
  return Object.freeze({
    ...values,
    baseUrl: normalizeBaseUrl(baseUrl),
    configuredBaseUrl: baseUrl,
    subject,
    ids,
    attemptTimeout: values.connectTimeout + values.readTimeout,
    retry: values.retry && readOptions(RETRY_RULES, values.retry, env, "retry."),
    // A folder in code turns the journal on, whatever the variable says.
    journal: options.journalDir === undefined ? values.journal : options.journal,
    traceparent: traceparentFrom(values.traceparent),
    traceparents: new Set<Settings["traceparent"]>(),
    listeners,
    lowBudgets: new LowBudgets(values.onLow, notify),
    notify,
    waitUntil: waitUntil && contained("waitUntil", waitUntil, notify),
  });
}

/**
 * The settings of a child client: those of its parent, with the child's own options. The subject
 * and the headers are merged field by field.
 */
export function inheritOptions(parent: Settings, child: ChildOptions): Settings {
  checkOptions(child, CHILD_RULES, "an option of a child client");
  const { headers, maxRetries, mode, onUnavailable } = readOptions(
    CHILD_RULES,
    {
      headers: { ...parent.headers, ...child.headers },
      maxRetries: child.maxRetries ?? parent.maxRetries,
      mode: child.mode ?? parent.mode,
      onUnavailable: child.onUnavailable ?? parent.onUnavailable,
    },
    {},
  );
  const subject = mergeSubject(parent.subject, child.subject);
  checkIds(parent.ids, subject);
  return Object.freeze({
    ...parent,
    subject,
    headers,
    maxRetries,
    mode,
    onUnavailable,
    traceparent:
      child.traceparent === undefined ? parent.traceparent : traceparentFrom(child.traceparent),
    // The parent's redactor does not know the secrets in the child's headers.
    notify:
      child.headers === undefined
        ? parent.notify
        : (notice: Notice, redactorOfCall?: () => Redactor) => {
            parent.notify(redactorOf(parent.apiKey, headers).value(notice), redactorOfCall);
          },
  });
}

/** Adds callbacks to a client and its relatives. Returns a function that removes them. */
export function instrument(settings: Settings, given: Instrumentation): () => void {
  checkOptions(given, INSTRUMENTATION_RULES, "a callback of an instrumentation");
  const { listeners, traceparents } = settings;
  const { onNotice, traceparent } = given;
  // New functions, because the same callbacks can be added twice.
  const listener: NoticeListener = (notice) => onNotice?.(notice);
  const source = traceparentFrom(traceparent);
  listeners.add(listener);
  traceparents.add(source);
  return () => {
    listeners.delete(listener);
    traceparents.delete(source);
  };
}

/** Refuses ids that a server may refuse, by the option or the variable that they came from. */
function checkIds(
  ids: SubjectIds,
  subject: Subject,
  variables: Readonly<Record<string, string | undefined>> = {},
): void {
  const [problem] = ids.problems(subject);
  if (problem === undefined) return;
  const { level, message } = problem;
  const isVariable = subject[level] === variables[level];
  const variable = isVariable ? ` (${SUBJECT_RULES[level]?.variable ?? ""})` : "";
  refuse(`subject.${level}${variable} ${message}`);
}

/** Checks the `maxRetries` of a call. Throws {@link CyclesConfigError}. */
export function checkMaxRetries(value: number | undefined): void {
  if (value === undefined) return;
  checkType(value, "maxRetries", OPTION_RULES.maxRetries.kind);
  readOption("maxRetries", OPTION_RULES.maxRetries, value, {});
}

/** Checks the policies of a call. Throws {@link CyclesConfigError}. */
export function checkPolicies({ mode, onUnavailable }: PolicyOptions): void {
  if (mode !== undefined) OPTION_RULES.mode.kind.check?.(mode, "mode", {});
  if (onUnavailable !== undefined)
    checkType(onUnavailable, "onUnavailable", OPTION_RULES.onUnavailable.kind);
}

/** Checks the names of options and the types of their values. */
function checkOptions(
  options: unknown,
  rules: OptionRules<Readonly<Record<string, unknown>>>,
  noun = "an option",
  prefix = "",
): void {
  if (!isRecord(options)) refuse(`The options must be an object, not ${quoted(options)}`);
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const cut = name.slice(0, 60);
      refuse(`${prefix}${cut} is not ${noun}${suggestion(cut, Object.keys(rules))}`);
    }
    if (value === undefined) continue;
    checkType(value, prefix + name, rule.kind);
    if (rule.fields && isRecord(value)) checkOptions(value, rule.fields, noun, `${name}.`);
  }
}

function checkType(value: unknown, name: string, kind: Kind<unknown>): void {
  if (kind.fits(value)) return;
  const given = kind.secret && value !== null ? `a value of type ${typeof value}` : quoted(value);
  refuse(`${name} must be ${kind.expected}, not ${given}`);
}

/** Reads every option that has a rule. */
function readOptions<Values>(
  rules: OptionRules<Values>,
  options: Partial<Values>,
  env: Environment,
  prefix?: string,
): Values;
function readOptions(
  rules: OptionRules<Readonly<Record<string, unknown>>>,
  options: Readonly<Record<string, unknown>>,
  env: Environment,
  prefix = "",
): unknown {
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [
      name,
      readOption(prefix + name, rule, options[name], env),
    ]),
  );
}

/** The value from code, from the variable, or the default. An empty text counts as absent. */
function readOption<Value>(
  option: string,
  rule: OptionRule<Value>,
  given: Value | undefined,
  env: Environment,
): Value {
  const { kind, variable } = rule;
  let value = given;
  let name = option;
  if (given === undefined && variable !== undefined) {
    name = `${option} (${variable})`;
    const text = env[variable];
    if (text) value = kind.parse?.(text, name);
  }
  if (value === undefined || value === "") return rule.default;
  return kind.check?.(value, name, rule) ?? value;
}

/** Returns a new function, because failures are reported once for each function. */
function traceparentFrom(value: ClientOptions["traceparent"]): Settings["traceparent"] {
  return () => (typeof value === "function" ? value() : value);
}
