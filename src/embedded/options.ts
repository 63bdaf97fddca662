import { type Clock, systemClock } from "../clock.js";
import { CyclesConfigError } from "../errors.js";
import { type ScopeBudgets, tenantsOf, toBudgets } from "./budgets.js";
import { Credentials } from "./credentials.js";
import type { Exchange } from "./exchange.js";
import type { Budget, Rules } from "./ledger/state.js";
import { RateLimit, type RateLimitOptions } from "./rate-limit.js";

/**
 * What an `EmbeddedCycles` is made with.
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
  /** Which API key belongs to which tenant. Default: a random key for each tenant that the budgets name. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** The admin key, for the few operations that take one. Default: there is none. */
  readonly adminKey?: string;
  /** Where time comes from. Default: the runtime's clock. */
  readonly clock?: Clock;
  /** How often one reservation can be extended. Default: 10. */
  readonly maxExtensions?: number;
  /** The longest time to live, in milliseconds, that a create or one extension grants. Default: as asked for. */
  readonly maxTtlMs?: number;
  /** How far from now, in milliseconds, an extension can move an expiry. Default: no bound. */
  readonly maxLeadMs?: number;
  /** `false` leaves `remaining_ttl_ms` out of every answer, as servers before 0.1.25.16 do. Default: `true`. */
  readonly reportRemainingTtl?: boolean;
  /** How many requests each tenant may make in a window of time; beyond it the answer is 429. Default: no limit. */
  readonly rateLimit?: RateLimitOptions;
  /**
   * How long, in milliseconds, a reservation that has ended and an idempotency key are remembered; after that the
   * reservation is answered 404, and the key is a new one. Default: for good.
   */
  readonly retentionMs?: number;
  /** How many of the last requests `authority.requests` keeps. Default: 1,000. */
  readonly keepRequests?: number;
  /** `true` lets pages of any origin call the authority behind its socket. Default: `false`. */
  readonly cors?: boolean;
  /**
   * Is handed each request with its answer, before the answer goes out. What it throws is reported as an uncaught
   * exception, and the answer goes out all the same.
   */
  readonly onResponse?: (exchange: Exchange) => void;
}

/** The options, checked and filled in. */
export interface AuthoritySettings {
  readonly budgets: readonly Budget[];
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly rules: Rules;
  readonly rateLimit: RateLimit | undefined;
  readonly keepRequests: number;
  readonly cors: boolean;
}

export function resolveEmbeddedOptions(options: EmbeddedOptions): AuthoritySettings {
  const budgets = toBudgets(options.budgets);
  const { apiKeys = {}, adminKey } = options;
  for (const [key, tenant] of Object.entries(apiKeys)) {
    checkKey("apiKeys", key);
    checkTenant(tenant);
  }
  if (adminKey !== undefined) checkKey("adminKey", adminKey);
  return {
    budgets,
    credentials: new Credentials(tenantsOf(budgets), apiKeys, adminKey),
    clock: options.clock ?? systemClock,
    rules: {
      maxExtensions: count("maxExtensions", options.maxExtensions, 0) ?? 10,
      maxTtlMs: count("maxTtlMs", options.maxTtlMs, 1) ?? Infinity,
      maxLeadMs: count("maxLeadMs", options.maxLeadMs, 1) ?? Infinity,
      reportRemainingTtl: options.reportRemainingTtl ?? true,
      retentionMs: count("retentionMs", options.retentionMs, 0) ?? Infinity,
    },
    rateLimit: options.rateLimit && new RateLimit(checkLimit(options.rateLimit)),
    keepRequests: count("keepRequests", options.keepRequests, 0) ?? 1_000,
    cors: options.cors ?? false,
  };
}

function checkKey(option: string, key: string): void {
  if (/^[\x21-\x7e]+$/.test(key)) return;
  throw new CyclesConfigError(
    `${option}: ${JSON.stringify(key)} cannot travel in a header; use printable ASCII without spaces`,
  );
}

function checkTenant(tenant: string): void {
  if (/^[a-zA-Z0-9_.-]+$/.test(tenant)) return;
  throw new CyclesConfigError(
    `apiKeys: ${JSON.stringify(tenant)} is not a tenant; name it as in a subject, such as "acme"`,
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
