import type { Balance } from "../generated/paths.js";
import type { Amount } from "./amount.js";
import { contained } from "./callback.js";
import type { Notify } from "./notices.js";
import { isRecord, type Kind } from "./option-kinds.js";

/** A budget of which little is left. */
export interface LowBudget {
  /** The scope in full, such as `tenant:acme/agent:planner`. */
  readonly scope: string;
  /** What can still be reserved. It is below zero if debt exceeds the budget. */
  readonly remaining: Balance["remaining"];
  /** The size of the budget. */
  readonly allocated: Amount;
  /** The threshold that was passed. */
  readonly fraction: number;
}

/**
 * Whom to tell when a budget runs low.
 *
 * @example
 * ```ts
 * import { CyclesClient, type LowBudget } from "cycles-client";
 * const warn = ({ scope, remaining }: LowBudget) => console.warn(scope, remaining.amount);
 * const cycles = new CyclesClient({ onLow: [{ fraction: 0.2, notify: warn }] });
 * ```
 */
export interface LowBudgetAlert {
  /** A part of the budget, above 0 and below 1. At most this much is left when `notify` is called. */
  readonly fraction: number;
  readonly notify: (low: LowBudget) => unknown;
}

/** The values of the option `onLow`. */
export const lowBudgetAlerts: Kind<readonly LowBudgetAlert[]> = {
  expected: "a list of thresholds such as { fraction: 0.2, notify }, with a fraction from 0 to 1",
  fits: (value) =>
    Array.isArray(value) &&
    value.every(
      (alert) =>
        isRecord(alert) &&
        Number(alert["fraction"]) > 0 &&
        Number(alert["fraction"]) < 1 &&
        typeof alert["notify"] === "function",
    ),
};

/** Finds low budgets in responses, and reports each once for a threshold. */
export class LowBudgets {
  readonly #alerts: readonly LowBudgetAlert[];
  readonly #reported = new Set<string>();

  constructor(alerts: readonly LowBudgetAlert[], notify: Notify) {
    this.#alerts = alerts.map((alert) => ({
      fraction: alert.fraction,
      notify: contained("onLow", alert.notify, notify),
    }));
  }

  /** @param body of a response that fits the contract */
  read(body: object): void {
    if (this.#alerts.length === 0 || !("balances" in body)) return;
    // The operation's validator accepted this body. Evidence has no member of this name.
    const balances = body.balances as readonly Balance[];
    for (const { fraction, notify } of this.#alerts)
      for (const balance of balances) {
        const { scope_path: scope, remaining, allocated } = balance;
        if (!allocated || remaining.amount > fraction * allocated.amount) continue;
        const name = JSON.stringify([scope, allocated, fraction]);
        if (this.#reported.has(name)) continue;
        if (this.#reported.size >= MOST_REPORTED) this.#reported.clear();
        this.#reported.add(name);
        notify({ scope, remaining, allocated, fraction });
      }
  }
}

/** Then all are forgotten, so that a client with many subjects does not fill the memory. */
const MOST_REPORTED = 10_000;
