import { type OperationId, operations } from "../../generated/operations.js";
import { type Clock, sleep } from "../clock.js";
import { CyclesConfigError } from "../errors.js";
import type { Delivery, Outgoing } from "./http/message.js";

/** Which calls of an operation a fault hits. */
export interface FaultTiming {
  /** How many calls succeed first. Default: 0. */
  readonly after?: number;
  /** How many calls the fault hits after that. Default: 1. */
  readonly times?: number;
}

/** The kinds of faults. */
export type FaultKind =
  | "drop_before"
  | "drop_after"
  | "respond"
  | "rate_limit"
  | "delay"
  | "cut"
  | "garble"
  | "add_fields"
  | "inexact"
  | "rewrite";

/** A response that replaces the genuine one. */
export interface FaultyResponse {
  readonly status: number;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The faults for the calls that {@link Faults.on} selected. Each method adds one fault. */
export interface Breakage {
  /** Drops the connection, `before` the ledger executes the request or `after` it. */
  readonly drop: (when: "before" | "after") => void;
  /** Responds with another status and body. The ledger does not execute the request. */
  readonly respond: (status: number, response?: Omit<FaultyResponse, "status">) => void;
  /**
   * Responds with 429. `retryAfter` is in seconds; without it, there is no `Retry-After` header.
   */
  readonly rateLimit: (retryAfter?: number | string) => void;
  /** Executes the request `ms` milliseconds later, by the authority's clock. */
  readonly delay: (ms: number) => void;
  /** Executes the request, and drops the connection in the middle of the response. */
  readonly cut: () => void;
  /** Executes the request, and responds with a body that is not JSON. */
  readonly garble: () => void;
  /**
   * Executes the request, and adds fields to the response, even fields that the contract does not
   * have.
   */
  readonly addFields: (fields: Readonly<Record<string, unknown>>) => void;
  /** Executes the request, and responds with amounts beyond 2^53 in the balances. */
  readonly inexact: () => void;
  /** Executes the request, and responds with what `change` returns for the genuine response. */
  readonly rewrite: (change: (genuine: FaultyResponse) => FaultyResponse) => void;
}

type Act = (next: () => Promise<Delivery>) => Promise<Delivery>;

interface Fault {
  readonly kind: FaultKind;
  readonly operation: OperationId | "*";
  readonly act: Act;
  skip: number;
  left: number;
}

/** An odd number beyond 2^53, which JavaScript cannot represent exactly. */
const INEXACT = "9007199254740993";
const DROPPED: Delivery = { status: 0, headers: {}, body: "", broken: "dropped" };
const NOT_JSON = "<!doctype html><title>Bad gateway</title>";

/**
 * Injects faults into calls: `authority.faults`.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import { EmbeddedCycles } from "cycles-client/embedded";
 * const { faults } = new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") } });
 * faults.on("commitReservation").drop("after"); // charged, but the client cannot know
 * faults.on("createReservation", { after: 2, times: 3 }).respond(503);
 * faults.on("*").delay(250);
 * ```
 */
export class Faults {
  readonly #clock: Clock;
  #faults: Fault[] = [];
  readonly #injected = new Map<FaultKind, number>();

  /** @internal */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Selects calls: those of an operation, by its id in the contract, or any request with `"*"`. The
   * methods of the result add faults to them. Several faults can hit the same call; they apply in
   * the order in which they were added.
   *
   * @throws `CyclesConfigError` if the operation does not exist, or if a count is not valid.
   */
  on(operation: OperationId | "*", { after = 0, times = 1 }: FaultTiming = {}): Breakage {
    if (operation !== "*" && !Object.hasOwn(operations, operation)) {
      const known = Object.keys(operations).join(", ");
      throw new CyclesConfigError(`There is no operation ${operation}; use one of ${known}`);
    }
    check("after", after, 0);
    if (times !== Infinity) check("times", times, 1);
    const add = (kind: FaultKind, act: Act) => {
      this.#faults.push({ kind, operation, act, skip: after, left: times });
    };
    return {
      drop(when) {
        if (when === "before") add("drop_before", () => Promise.resolve(DROPPED));
        else add("drop_after", (next) => next().then(() => DROPPED));
      },
      respond(status, response = {}) {
        if (!Number.isInteger(status) || status < 200 || status > 599)
          throw new CyclesConfigError(
            `A fault responds with a status from 200 to 599, not ${status}`,
          );
        add("respond", () => Promise.resolve(toOutgoing({ status, ...response })));
      },
      rateLimit(retryAfter) {
        const headers: Record<string, string> =
          retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
        const body = { error: "LIMIT_EXCEEDED", message: "Too many requests", request_id: "fault" };
        add("rate_limit", () => Promise.resolve(toOutgoing({ status: 429, headers, body })));
      },
      delay: (ms) => {
        check("ms", ms, 0);
        add("delay", (next) => sleep(this.#clock, ms).then(next));
      },
      cut() {
        add("cut", (next) => next().then((response) => ({ ...response, broken: "cut" })));
      },
      garble() {
        add("garble", (next) => next().then((response) => ({ ...response, body: NOT_JSON })));
      },
      addFields(fields) {
        add("add_fields", (next) =>
          next().then((response) => ({ ...response, body: withFields(response.body, fields) })),
        );
      },
      inexact() {
        const grow = (body: string) => body.replaceAll(/("amount":)-?\d+/g, `$1${INEXACT}`);
        add("inexact", (next) =>
          next().then((response) => ({ ...response, body: inBalances(response.body, grow) })),
        );
      },
      rewrite(rewrite) {
        add("rewrite", (next) =>
          next().then(({ status, headers, body }) =>
            toOutgoing(rewrite({ status, headers, body: parsed(body) }), headers),
          ),
        );
      },
    };
  }

  /** The faults that may still hit a call. */
  get pending(): readonly { readonly kind: FaultKind; readonly operation: OperationId | "*" }[] {
    return this.#faults.map(({ kind, operation }) => ({ kind, operation }));
  }

  /** Whether no fault may still hit a call. */
  get isIdle(): boolean {
    return this.#faults.length === 0;
  }

  /** How many calls each kind of fault has hit. */
  get injected(): Readonly<Partial<Record<FaultKind, number>>> {
    return Object.fromEntries(this.#injected);
  }

  /** Removes the faults that may still hit a call. */
  clear(): void {
    this.#faults = [];
  }

  /**
   * Handles a request under the faults that hit it.
   *
   * @internal
   */
  async pass(
    operation: OperationId | undefined,
    genuine: () => Outgoing,
  ): Promise<{ readonly delivery: Delivery; readonly faults: readonly FaultKind[] }> {
    const hitting = this.#take(operation);
    const through = hitting.reduceRight<() => Promise<Delivery>>(
      (next, { act }) =>
        () =>
          act(next),
      () => Promise.resolve(genuine()),
    );
    return { delivery: await through(), faults: hitting.map(({ kind }) => kind) };
  }

  #take(operation: OperationId | undefined): readonly Fault[] {
    const selected = this.#faults.filter((fault) => [operation, "*"].includes(fault.operation));
    const hitting = selected.filter((fault) => {
      if (fault.skip > 0) {
        fault.skip -= 1;
        return false;
      }
      fault.left -= 1;
      this.#injected.set(fault.kind, (this.#injected.get(fault.kind) ?? 0) + 1);
      return true;
    });
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    return hitting;
  }
}

function check(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new CyclesConfigError(`${name} must be a whole number from ${least} up, not ${value}`);
}

function toOutgoing(
  { status, body, headers = {} }: FaultyResponse,
  genuine: Readonly<Record<string, string>> = {},
): Delivery {
  const isText = typeof body === "string";
  const type = { "content-type": isText ? "text/html" : "application/json" };
  return {
    status,
    headers: { ...genuine, ...type, ...headers },
    body: body === undefined ? "" : isText ? body : JSON.stringify(body),
  };
}

function withFields(body: string, fields: Readonly<Record<string, unknown>>): string {
  const object = parsed(body);
  return typeof object === "object" ? JSON.stringify({ ...object, ...fields }) : body;
}

/** Changes only the part after `"balances"`, so that the charged amount stays the same. */
function inBalances(body: string, change: (part: string) => string): string {
  const at = body.indexOf('"balances"');
  return at < 0 ? body : body.slice(0, at) + change(body.slice(at));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
