import { units } from "../../../generated/constants.js";
import { operations } from "../../../generated/operations.js";
import type { components } from "../../../generated/paths.js";
import { type Amount, checkAmount } from "../../amount.js";
import type {
  BudgetOptions,
  EmbeddedOptions,
  EvidenceOptions,
  RateLimitOptions,
  ScopeBudgets,
} from "../../embedded/index.js";
import { formatIssues, toIssues } from "../../protocol/issues.js";
import { isPortableId } from "../../protocol/scope.js";
import { UsageError } from "../terminal.js";
import { constructed, parseAmount } from "./amount-text.js";
import { positionOfError } from "./json-position.js";
import { refuseMisplacedKeys } from "./misplaced-key.js";
import {
  fields,
  flag,
  listOf,
  number,
  oneOf,
  type Reader,
  type Readers,
  record,
  recordOf,
  text,
} from "./fields.js";

type CapsConfig = components["schemas"]["Caps"];

/** The contents of a configuration file: the authority's options that JSON can express. */
export type Config = Partial<Omit<EmbeddedOptions, "clock" | "onResponse">>;

/** Parses a configuration file. Throws a {@link UsageError} that names the file and the field. */
export function parseConfig(file: string, json: string): Config {
  const config = parseJson(file, json);
  refuseMisplacedKeys(file, config);
  return fields(file, config, OPTIONS);
}

function parseJson(file: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const { line, column } = positionOfError(json);
    throw new UsageError(`${file} is not valid JSON: see line ${line}, column ${column}`);
  }
}

const amount: Reader<Amount> = (where, value) => {
  if (typeof value === "string") return parseAmount(where, value);
  const given = fields<Amount>(where, value, { unit: oneOf(units), amount: number });
  const { unit, amount } = given;
  if (unit === undefined || amount === undefined) {
    throw new UsageError(`${where} needs a unit and an amount, or must be text such as "5.00usd"`);
  }
  return constructed(where, String(amount), () => checkAmount({ unit, amount }));
};

const asIs: Reader<unknown> = (_where, value) => value;

const CAPS = {
  max_tokens: asIs,
  max_steps_remaining: asIs,
  tool_allowlist: asIs,
  tool_denylist: asIs,
  cooldown_ms: asIs,
} satisfies Record<keyof CapsConfig, Reader<unknown>>;

/** Checks caps with the contract's validator of a response that contains them. */
const caps: Reader<CapsConfig> = (where, value) => {
  const given = fields(where, value, CAPS);
  const { response } = operations.createReservation;
  const grant = { decision: "ALLOW_WITH_CAPS", reservation_id: "-", affected_scopes: [] };
  // The validator has just accepted the caps.
  if (response({ ...grant, caps: given })) return given as CapsConfig;
  const issues = toIssues(response.errors).map(({ path, message }) => ({
    path: path.slice("caps.".length),
    message,
  }));
  throw new UsageError(`${where}: ${formatIssues(issues)}`);
};

const BUDGET: Readers<BudgetOptions> = {
  allocated: amount,
  overdraft_limit: amount,
  debt: amount,
  status: oneOf(["ACTIVE", "FROZEN", "CLOSED"]),
  caps,
};

const budget: Reader<Amount | BudgetOptions> = (where, value) => {
  if (typeof value === "string" || "unit" in record(where, value)) return amount(where, value);
  const { allocated, ...rest } = fields<BudgetOptions>(where, value, BUDGET);
  if (allocated === undefined) throw new UsageError(`${where}: allocated is missing`);
  return { allocated, ...rest };
};

const budgets: Reader<ScopeBudgets> = (where, value) =>
  Array.isArray(value)
    ? value.map((each: unknown, index) => budget(`${where}[${index}]`, each))
    : budget(where, value);

const RATE_LIMIT: Readers<RateLimitOptions> = { requests: number, windowMs: number };

/** Checks keys with the contract's validator of the response that contains them. */
const keySet: Reader<NonNullable<EvidenceOptions["retiredKeys"]>> = (where, value) => {
  const { response } = operations.getEvidenceJwks;
  const set: unknown = { keys: value };
  if (response(set)) return set.keys;
  throw new UsageError(`${where}: ${formatIssues(toIssues(response.errors))}`);
};

const EVIDENCE: Readers<EvidenceOptions> = {
  key: record,
  kid: text,
  validFromMs: number,
  retiredKeys: keySet,
  serverId: text,
  signer: oneOf(["did", "hex"]),
};

/** The message does not quote the value, which may be a key in the wrong place. */
const tenantName: Reader<string> = (where, value) => {
  const name = text(where, value);
  if (isPortableId(name)) return name;
  throw new UsageError(`${where} is not valid: write it as in a subject, such as "acme"`);
};

const OPTIONS: Readers<Config> = {
  budgets: recordOf(budgets),
  apiKeys: (where, value) =>
    Object.fromEntries(
      Object.entries(record(where, value)).map(([key, tenant], index) => [
        key,
        tenantName(`${where}: the tenant of key ${index + 1}`, tenant),
      ]),
    ),
  adminKey: text,
  rules: oneOf(["server", "prose"]),
  maxExtensions: number,
  maxTtlMs: number,
  maxLeadMs: number,
  reportRemainingTtl: flag,
  rateLimit: (where, value) => {
    const { requests, windowMs } = fields<RateLimitOptions>(where, value, RATE_LIMIT);
    if (requests !== undefined && windowMs !== undefined) return { requests, windowMs };
    throw new UsageError(`${where} needs requests and windowMs`);
  },
  retentionMs: number,
  keepEnded: number,
  keepRequests: number,
  keepRequestBytes: number,
  cors: (where, value) => (Array.isArray(value) ? listOf(text)(where, value) : flag(where, value)),
  hosts: listOf(text),
  evidence: (where, value) =>
    typeof value === "boolean" ? value : fields<EvidenceOptions>(where, value, EVIDENCE),
};
