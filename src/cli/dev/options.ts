import { readFile } from "node:fs/promises";
import type { EmbeddedOptions, ScopeBudgets } from "../../embedded/index.js";
import { UsageError } from "../terminal.js";
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
  const config = file === undefined ? {} : parseConfig(file, await readConfig(file));
  return { ...DEFAULTS, ...config, budgets: mergeBudgets(config, budgets) };
}

async function readConfig(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
      return "permission denied";
    default:
      return error instanceof Error ? error.message : String(error);
  }
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
