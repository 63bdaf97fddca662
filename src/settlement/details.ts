import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import { isNestedWithin, MAX_BODY_BYTES, MAX_DEPTH } from "../protocol/limits.js";

type StandardMetrics = components["schemas"]["StandardMetrics"];

/**
 * Details of a spend, in addition to its amount. Details that the protocol cannot carry are left
 * out, and the notice `details_changed` names them.
 */
export interface SpendDetails {
  /** Token counts, latency in milliseconds, model version. (Protocol: StandardMetrics.) */
  readonly metrics?: StandardMetrics;
  /** Any other JSON values that the ledger should keep with the spend. */
  readonly metadata?: Record<string, unknown>;
}

/** Details that the protocol can carry. They are copies, so the caller cannot change them. */
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
  /** The name and the value as JSON. */
  readonly json: string;
}

/** The space for the rest of the body. The contract limits the size of subject and action. */
const RESERVED_BYTES = 32 * 1024;
const MAX_DETAILS_BYTES = MAX_BODY_BYTES - RESERVED_BYTES;
/** A caller's value is at most three levels deep in a body: body, metrics, `custom`. */
const MAX_VALUE_DEPTH = MAX_DEPTH - 3;
/** In UTF-8, a UTF-16 code unit takes at most three bytes. */
const MAX_BYTES_PER_UNIT = 3;

const NONE: FittedDetails = { metrics: undefined, metadata: undefined, changed: [] };

/**
 * Makes details fit the protocol, so that invalid details never keep a spend from being recorded.
 * Counts are rounded. Details that the protocol cannot carry are left out. Never throws.
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
  const leftOut = leaveOutLargest([...(metadata ?? []), ...(custom ?? [])], changed);
  return {
    metrics: metrics && fitMetrics(metrics, custom && toObject(custom, leftOut), changed),
    metadata: metadata && toObject(metadata, leftOut),
    changed,
  };
}

/** The only metric that is a free-form object. */
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

/** Returns the members of an object. A member that throws becomes a symbol, which never fits. */
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
    const member: unknown = Reflect.get(value, name);
    return member;
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

/** Returns a value as JSON has it, or `undefined` if JSON cannot represent it. */
function copyOf(value: unknown): Copy | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  try {
    // The declaration of `stringify` omits that it returns `undefined` for functions and symbols.
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) return undefined;
    const copy: unknown = typeof value === "object" ? JSON.parse(text) : value;
    return isNestedWithin(copy, MAX_VALUE_DEPTH) ? { value: copy, text } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the members to leave out so that the rest fits into a body, the largest first. */
function leaveOutLargest(members: readonly Member[], changed: string[]): ReadonlySet<Member> {
  const leftOut = new Set<Member>();
  const units = members.reduce((sum, { json }) => sum + json.length, 0);
  if (units * MAX_BYTES_PER_UNIT <= MAX_DETAILS_BYTES) return leftOut;
  const encoder = new TextEncoder();
  const sized = members.map((member) => ({ member, bytes: encoder.encode(member.json).length }));
  let total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { member, bytes } of sized.sort((a, b) => b.bytes - a.bytes)) {
    if (total <= MAX_DETAILS_BYTES) break;
    total -= bytes;
    leftOut.add(member);
    changed.push(member.path);
  }
  return leftOut;
}

function toObject(
  members: readonly Member[],
  leftOut: ReadonlySet<Member>,
): Record<string, unknown> {
  // `fromEntries` defines members and does not assign them, so `__proto__` is an ordinary name.
  return Object.fromEntries(
    members.filter((member) => !leftOut.has(member)).map(({ name, value }) => [name, value]),
  );
}
