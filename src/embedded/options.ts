import { type Clock, systemClock } from "../clock.js";
import { CyclesConfigError } from "../errors.js";
import { isPortableId } from "../protocol/scope.js";
import { type ScopeBudgets, tenantsOf, toBudgets } from "./budgets.js";
import { Credentials } from "./credentials.js";
import {
  type EvidenceOptions,
  type EvidenceSettings,
  resolveEvidenceOptions,
} from "./evidence/options.js";
import type { Exchange } from "./exchange.js";
import { type OriginPolicy, toOriginPolicy } from "./http/origin.js";
import type { LedgerBudget } from "./ledger/budget.js";
import type { LedgerSettings, RuleSet } from "./ledger/state.js";
import type { LogLimits } from "./request-log.js";
import { RateLimit, type RateLimitOptions } from "./rate-limit.js";

/**
 * The options of an `EmbeddedCycles`.
 *
 * @example
 * ```ts
 * import { tokens, usd } from "cycles-client";
 * import { EmbeddedCycles } from "cycles-client/embedded";
 * new EmbeddedCycles({
 *   budgets: { "tenant:acme": usd("5.00"), "tenant:acme/agent:bot": [usd("1.00"), tokens(5_000)] },
 *   apiKeys: { cyc_live_x: "acme" },
 * });
 * ```
 */
export interface EmbeddedOptions {
  /** The budgets, by scope: `{ "tenant:acme/agent:bot": [usd("1.00"), tokens(5000)] }`. */
  readonly budgets: Readonly<Record<string, ScopeBudgets>>;
  /** The tenant of each API key. Default: a random key for each tenant that the budgets name. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** The admin key, which some operations accept. Default: none. */
  readonly adminKey?: string;
  /** The clock. Default: the system clock. */
  readonly clock?: Clock;
  /**
   * Which rules apply where the reference server and the protocol's text differ. `"server"` follows
   * the server, so that code that passes tests also works in production. `"prose"` follows the text.
   * Default: `"server"`.
   */
  readonly rules?: RuleSet;
  /** How many times a reservation can be extended. Default: 10. */
  readonly maxExtensions?: number;
  /**
   * The longest time to live, in milliseconds, that a reserve or one extension grants. Default: no
   * limit, except that a reserve under the `"server"` rules grants at most an hour.
   */
  readonly maxTtlMs?: number;
  /** How far beyond now, in milliseconds, an extension can move an expiry. Default: no limit. */
  readonly maxLeadMs?: number;
  /**
   * `false` leaves `remaining_ttl_ms` out of responses, as servers before 0.1.25.16 do. Default:
   * `true`.
   */
  readonly reportRemainingTtl?: boolean;
  /**
   * How many requests each tenant may make in a window of time. Further requests get a 429.
   * Default: no limit.
   */
  readonly rateLimit?: RateLimitOptions;
  /**
   * How long, in milliseconds, ended reservations and idempotency keys are kept. After that, a
   * request for the reservation gets a 404, and the key counts as new. Default: forever.
   */
  readonly retentionMs?: number;
  /**
   * How many ended reservations and idempotency keys are kept, counted together. A key counts once
   * more for each 1,024 characters of metadata or metrics in its request. The oldest are deleted
   * first, even before `retentionMs` has passed, and a reservation is deleted together with its keys.
   * Default: no limit.
   */
  readonly keepEnded?: number;
  /** How many requests `authority.requests` keeps. Default: 1,000. */
  readonly keepRequests?: number;
  /**
   * Roughly how many bytes of headers and bodies `authority.requests` keeps. The oldest requests are
   * removed first. Default: 16 MiB.
   */
  readonly keepRequestBytes?: number;
  /**
   * The origins of web pages that may call the authority through its socket, such as
   * `["http://localhost:3000"]`. `true` allows any origin, and `false`, the default, none.
   */
  readonly cors?: boolean | readonly string[];
  /**
   * More host names by which clients may call the authority through its socket, such as
   * `["host.docker.internal"]`. `127.0.0.1`, `localhost` and `[::1]` are always allowed. Default:
   * none.
   */
  readonly hosts?: readonly string[];
  /**
   * `true` or options: the authority signs evidence of each decision, reserve, commit, release and
   * denial. The response refers to it in `cycles_evidence`, and `getEvidence` returns it, until
   * `retentionMs` is over, or until there are more than `keepEnded` × 1,024 characters of newer
   * evidence. Default: no evidence.
   */
  readonly evidence?: boolean | EvidenceOptions;
  /**
   * Called with each request and its response, before the response is sent. If it throws, the
   * response is still sent, and the error becomes an uncaught exception.
   */
  readonly onResponse?: (exchange: Exchange) => void;
}

const RULE_SETS: readonly RuleSet[] = ["server", "prose"];

/** The checked options, with defaults. */
export interface AuthoritySettings {
  readonly budgets: readonly LedgerBudget[];
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly ledger: LedgerSettings;
  readonly rateLimit: RateLimit | undefined;
  readonly log: LogLimits;
  readonly policy: OriginPolicy;
  readonly evidence: EvidenceSettings | undefined;
}

export function resolveEmbeddedOptions(options: EmbeddedOptions): AuthoritySettings {
  const budgets = toBudgets(options.budgets);
  const { apiKeys = {}, adminKey } = options;
  for (const [index, [key, tenant]] of Object.entries(apiKeys).entries()) {
    checkKey(`apiKeys: key ${index + 1}`, key);
    checkTenant(index + 1, tenant);
  }
  if (adminKey !== undefined) checkKey("adminKey", adminKey);
  return {
    budgets,
    credentials: new Credentials(tenantsOf(budgets), apiKeys, adminKey),
    clock: options.clock ?? systemClock,
    ledger: {
      rules: ruleSet(options.rules),
      maxExtensions: count("maxExtensions", options.maxExtensions, 0) ?? 10,
      maxTtlMs: count("maxTtlMs", options.maxTtlMs, 1) ?? Infinity,
      maxLeadMs: count("maxLeadMs", options.maxLeadMs, 1) ?? Infinity,
      reportRemainingTtl: options.reportRemainingTtl ?? true,
      retentionMs: count("retentionMs", options.retentionMs, 0) ?? Infinity,
      keepEnded: count("keepEnded", options.keepEnded, 0) ?? Infinity,
    },
    rateLimit: options.rateLimit && new RateLimit(checkLimit(options.rateLimit)),
    log: {
      requests: count("keepRequests", options.keepRequests, 0) ?? 1_000,
      bytes: count("keepRequestBytes", options.keepRequestBytes, 0) ?? 16 * 2 ** 20,
    },
    policy: toOriginPolicy(options.hosts ?? [], options.cors ?? false),
    evidence: evidenceSettings(options.evidence),
  };
}

function evidenceSettings(
  given: EmbeddedOptions["evidence"] = false,
): EvidenceSettings | undefined {
  if (given === false) return undefined;
  return resolveEvidenceOptions(given === true ? {} : given);
}

function ruleSet(given: RuleSet = "server"): RuleSet {
  if (RULE_SETS.includes(given)) return given;
  throw new CyclesConfigError(
    `rules must be one of ${RULE_SETS.join(", ")}, not ${JSON.stringify(given)}`,
  );
}

/** The messages do not quote a key, because they are printed and logged. */
function checkKey(what: string, key: string): void {
  if (/^[\x21-\x7e]+$/.test(key)) return;
  throw new CyclesConfigError(
    `${what} cannot be sent in a header: use printable ASCII without spaces`,
  );
}

function checkTenant(position: number, tenant: string): void {
  if (isPortableId(tenant)) return;
  throw new CyclesConfigError(
    `apiKeys: the value of key ${position} is not a tenant: write it as in a subject, such as "acme"`,
  );
}

function checkLimit(limit: RateLimitOptions): RateLimitOptions {
  count("rateLimit.requests", limit.requests, 1);
  count("rateLimit.windowMs", limit.windowMs, 1);
  return limit;
}

function count(name: string, value: number | undefined, least: number): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return value;
  throw new CyclesConfigError(`${name} must be a whole number from ${least} up, not ${value}`);
}
