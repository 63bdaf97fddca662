import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import { isNestedWithin, MAX_BODY_BYTES, MAX_DEPTH } from "../protocol/limits.js";

type StandardMetrics = components["schemas"]["StandardMetrics"];

/** What may be said about a spend beside its amount. What the protocol cannot carry is left out, with a notice. */
export interface SpendDetails {
  /** Tokens, latency in milliseconds, model version. (Protocol: StandardMetrics.) */
  readonly metrics?: StandardMetrics;
  /** Anything else that the ledger should keep with the spend: JSON values. */
  readonly metadata?: Record<string, unknown>;
}

/** Details that the protocol can carry, as copies that the caller cannot change. */
export interface FittedDetails {
  readonly metrics: StandardMetrics | undefined;
  readonly metadata: Record<string, unknown> | undefined;
  /** The fields that were rounded or left out, such as `metrics.latency_ms`. */
  readonly changed: readonly string[];
}

/** A member of a free-form object. */
interface Member {
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
  /** Name and value as JSON. */
  readonly json: string;
}

/** Room for everything in a body that is not details: the contract bounds subject and action. */
const RESERVED_BYTES = 32 * 1024;
const MOST_BYTES = MAX_BODY_BYTES - RESERVED_BYTES;
/** A body, its metrics and `custom` are around the innermost values that a caller can give. */
const MOST_LEVELS = MAX_DEPTH - 3;
/** A UTF-16 unit takes three bytes of UTF-8 at the most. */
const BYTES_PER_UNIT = 3;

const NONE: FittedDetails = { metrics: undefined, metadata: undefined, changed: [] };

/**
 * Makes details fit the protocol, so that a known spend is recorded whatever is said about it. Fractions of counts
 * are rounded; what the protocol cannot carry is left out. Never throws.
 */
export function fitDetails(details: unknown): FittedDetails {
  if (details === undefined) return NONE;
  const changed: string[] = [];
  let metrics: Map<string, unknown> | undefined;
  let custom: Member[] | undefined;
  let metadata: Member[] | undefined;
  for (const [name, value] of membersOf(details, "details", changed) ?? []) {
    if (name === "metadata") metadata = freeForm(value, name, changed);
    else if (name === "metrics") {
      metrics = membersOf(value, name, changed);
      custom = metrics?.has(CUSTOM)
        ? freeForm(metrics.get(CUSTOM), `${name}.${CUSTOM}`, changed)
        : undefined;
    } else changed.push(name);
  }
  const left = leaveOutLargest([...(metadata ?? []), ...(custom ?? [])], changed);
  return {
    metrics: metrics && fitMetrics(metrics, custom && toObject(custom, left), changed),
    metadata: metadata && toObject(metadata, left),
    changed,
  };
}

/** The one metric that is a free-form object. */
const CUSTOM: keyof StandardMetrics = "custom";

function fitMetrics(
  metrics: ReadonlyMap<string, unknown>,
  custom: Record<string, unknown> | undefined,
  changed: string[],
): StandardMetrics {
  const fitted: StandardMetrics = {};
  for (const [name, value] of metrics) {
    const rounded = name === CUSTOM ? custom : toCount(value);
    if (rounded === undefined) continue;
    const metric: StandardMetrics = { [name]: rounded };
    const fits = isMetrics(metric);
    if (fits) Object.assign(fitted, metric);
    if (name !== CUSTOM && (!fits || rounded !== value)) changed.push(`metrics.${name}`);
  }
  return fitted;
}

function isMetrics(metrics: StandardMetrics): boolean {
  const body = { idempotency_key: "any", actual: { unit: "TOKENS", amount: 0 }, metrics };
  return operations.commitReservation.request(body);
}

function toCount(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? Math.round(value) : value;
}

/** The members of an object as the caller gave them; what cannot be read is a symbol, which never fits. */
function membersOf(
  value: unknown,
  path: string,
  changed: string[],
): Map<string, unknown> | undefined {
  const members = new Map<string, unknown>();
  try {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new TypeError("not an object");
    for (const name of Object.keys(value)) {
      const member = memberOf(value, name);
      if (member !== undefined) members.set(name, member);
    }
  } catch {
    changed.push(path);
    return undefined;
  }
  return members;
}

const UNREADABLE = Symbol("unreadable");

function memberOf(value: object, name: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[name];
  } catch {
    return UNREADABLE;
  }
}

function freeForm(value: unknown, path: string, changed: string[]): Member[] | undefined {
  const members = membersOf(value, path, changed);
  if (members === undefined) return undefined;
  const kept: Member[] = [];
  for (const [name, member] of members) {
    const memberPath = `${path}.${name}`;
    const copy = copyOf(member);
    if (copy === undefined) changed.push(memberPath);
    else {
      const json = `${JSON.stringify(name)}:${copy.text},`;
      kept.push({ path: memberPath, name, value: copy.value, json });
    }
  }
  return kept;
}

interface Copy {
  readonly value: unknown;
  /** As JSON. */
  readonly text: string;
}

/** What JSON makes of a value; `undefined` if it can make nothing of it. */
function copyOf(value: unknown): Copy | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) return undefined;
    const copy: unknown = typeof value === "object" ? JSON.parse(text) : value;
    return isNestedWithin(copy, MOST_LEVELS) ? { value: copy, text } : undefined;
  } catch {
    return undefined;
  }
}

/** The members that have to go so that the rest fits into a body; the largest go first. */
function leaveOutLargest(members: readonly Member[], changed: string[]): ReadonlySet<Member> {
  const left = new Set<Member>();
  const units = members.reduce((sum, { json }) => sum + json.length, 0);
  if (units * BYTES_PER_UNIT <= MOST_BYTES) return left;
  const encoder = new TextEncoder();
  const sized = members.map((member) => ({ member, bytes: encoder.encode(member.json).length }));
  let total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { member, bytes } of sized.sort((a, b) => b.bytes - a.bytes)) {
    if (total <= MOST_BYTES) break;
    total -= bytes;
    left.add(member);
    changed.push(member.path);
  }
  return left;
}

function toObject(members: readonly Member[], left: ReadonlySet<Member>): Record<string, unknown> {
  // Members are defined, not assigned: `__proto__` is a name like any other here.
  return Object.fromEntries(
    members.filter((member) => !left.has(member)).map(({ name, value }) => [name, value]),
  );
}
