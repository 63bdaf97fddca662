import type { EmbeddedOptions, ScopeBudgets } from "../../embedded/index.js";
import { readText } from "../text-file.js";
import { parseBudget } from "./amount-text.js";
import { type Config, parseConfig } from "./config.js";

/** The budget of every tenant if none is given. */
const DEFAULT_BUDGET = "5.00usd";
const DEFAULT_TENANT = "acme";

/** Bounds the memory of an authority that runs for weeks. */
const DEFAULTS = { retentionMs: 86_400_000, keepEnded: 100_000, keepRequests: 0 };

/** The options of the authority: those of the file, with the budgets of the command line added. */
export async function embeddedOptions(
  budgets: readonly string[],
  file: string | undefined,
): Promise<EmbeddedOptions> {
  const config = file === undefined ? {} : parseConfig(file, await readText(file));
  return { ...DEFAULTS, ...config, budgets: mergeBudgets(config, budgets) };
}

function mergeBudgets(
  { budgets = {}, apiKeys = {} }: Config,
  given: readonly string[],
): EmbeddedOptions["budgets"] {
  const merged = new Map(Object.entries(budgets));
  const texts = merged.size + given.length > 0 ? given : defaultBudgets(Object.values(apiKeys));
  for (const { scope, amounts } of texts.map(parseBudget)) {
    merged.set(scope, [...list(merged.get(scope)), ...amounts]);
  }
  return Object.fromEntries(merged);
}

function defaultBudgets(tenants: readonly string[]): string[] {
  const named = tenants.length > 0 ? new Set(tenants) : [DEFAULT_TENANT];
  return [...named].map((tenant) => `tenant:${tenant.toLowerCase()}=${DEFAULT_BUDGET}`);
}

function list(budgets: ScopeBudgets = []) {
  return "length" in budgets ? budgets : [budgets];
}
