import { suggestion } from "./closest.js";
import { CyclesConfigError } from "./errors.js";
import type { ChildOptions, ClientOptions, RetryOptions } from "./options.js";
import { quoted } from "./text.js";

/** What may stand in an option. */
interface Kind {
  /** Completes "must be …". */
  readonly what: string;
  readonly fits: (value: unknown) => boolean;
  /** Whether it may be a secret, of which errors only show the type. */
  readonly secret?: true;
}

const text = ofType("string");
const number = ofType("number");
const callback = ofType("function");
const fields: Kind = { what: "an object of names and values", fits: isRecord };

/** Every option of a client; the compiler holds the table against the type. */
const CLIENT: Readonly<Record<keyof ClientOptions, Kind>> = {
  baseUrl: text,
  apiKey: { ...text, secret: true },
  subject: fields,
  connectTimeout: number,
  readTimeout: number,
  maxRetries: number,
  retry: orFalse(fields),
  settleTimeout: number,
  flushTimeout: number,
  journal: orFalse(having("put", "remove", "list", "setAside")),
  journalDir: text,
  journalMaxAge: number,
  headers: { ...fields, secret: true },
  traceparent: {
    what: "a string or a function",
    fits: (value) => text.fits(value) || callback.fits(value),
  },
  connections: number,
  keepAliveTimeout: number,
  dispatcher: { ...having("dispatch"), what: "one of undici: an Agent, a Pool, a ProxyAgent, …" },
  fetch: callback,
  clock: having("now", "monotonic", "setTimeout"),
  onNotice: callback,
  logger: having("debug", "info", "warn", "error"),
  logLevel: text,
  waitUntil: callback,
  dangerouslyAllowBrowser: { ...ofType("boolean"), what: "true or false" },
};

const CHILD: Readonly<Record<keyof ChildOptions, Kind>> = {
  subject: CLIENT.subject,
  headers: CLIENT.headers,
  traceparent: CLIENT.traceparent,
  maxRetries: CLIENT.maxRetries,
};

const RETRY: Readonly<Record<keyof RetryOptions, Kind>> = {
  maxAttempts: number,
  initialDelay: number,
  multiplier: number,
  maxDelay: number,
};

/**
 * Checks the names of options and the types of their values; an option that is `undefined` is left out.
 *
 * @throws {@link CyclesConfigError} that names the option, what was given and what is allowed.
 */
export function checkOptions(options: ClientOptions): void {
  check(options, CLIENT);
  if (isRecord(options.retry)) check(options.retry, RETRY, "retry.");
}

/** {@link checkOptions} for the options of a child client. */
export function checkChildOptions(options: ChildOptions): void {
  check(options, CHILD, "", "an option of a child client");
}

function check(
  options: unknown,
  kinds: Readonly<Record<string, Kind>>,
  prefix = "",
  noun = "an option",
): void {
  if (!isRecord(options)) {
    throw new CyclesConfigError(`The options must be an object, not ${quoted(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      const cut = name.slice(0, 60);
      const near = suggestion(cut, Object.keys(kinds));
      throw new CyclesConfigError(`${prefix}${cut} is not ${noun}${near}`);
    }
    if (value === undefined || kind.fits(value)) continue;
    const given = kind.secret && value !== null ? `a value of type ${typeof value}` : quoted(value);
    throw new CyclesConfigError(`${prefix}${name} must be ${kind.what}, not ${given}`);
  }
}

function ofType(type: string): Kind {
  return { what: `a ${type}`, fits: (value) => typeof value === type };
}

/** Whether it has names and values of its own: arrays, maps and `Headers` keep theirs elsewhere. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value);
}

function having(...methods: readonly string[]): Kind {
  return {
    what: `an object with ${methods.join(", ")}`,
    fits: (value) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((name) => typeof Reflect.get(value, name) === "function"),
  };
}

function orFalse(kind: Kind): Kind {
  return { what: `${kind.what}, or false`, fits: (value) => value === false || kind.fits(value) };
}
