import { type OperationId, operations } from "../../generated/operations.js";
import { type Clock, sleep } from "../clock.js";
import { CyclesConfigError } from "../errors.js";
import type { Outgoing } from "./http.js";

/** Which calls of an operation a fault hits. */
export interface FaultTiming {
  /** How many calls go well first. Default: 0. */
  readonly after?: number;
  /** How many calls are hit then. Default: 1. */
  readonly times?: number;
}

/** What a fault does, by its name. */
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

/** An answer in place of the genuine one. */
export interface FaultyResponse {
  readonly status: number;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The ways to break the calls that were chosen with {@link Faults.on}. Each adds one fault. */
export interface Breakage {
  /** Cuts the connection: `before` the ledger hears of the request, or `after` it has done it. */
  readonly drop: (when: "before" | "after") => void;
  /** Answers something else, and the ledger does not hear of the request. */
  readonly respond: (status: number, response?: Omit<FaultyResponse, "status">) => void;
  /** Answers 429. `retryAfter` is in seconds; without it, no header says when to come back. */
  readonly rateLimit: (retryAfter?: number | string) => void;
  /** Holds the request up for `ms` milliseconds of the authority's clock, and then does it. */
  readonly delay: (ms: number) => void;
  /** Does it, and breaks off in the middle of the answer. */
  readonly cut: () => void;
  /** Does it, and answers what is no JSON. */
  readonly garble: () => void;
  /** Does it, and adds fields to the answer that no contract names. */
  readonly addFields: (fields: Readonly<Record<string, unknown>>) => void;
  /** Does it, and answers amounts beyond 2^53 in the balances. */
  readonly inexact: () => void;
  /** Does it, and answers what the function makes of the genuine answer. */
  readonly rewrite: (response: (genuine: FaultyResponse) => FaultyResponse) => void;
}

/** An answer as a fault leaves it. */
export interface Broken extends Outgoing {
  /** How the connection ends, where it does not end well. */
  readonly broken?: "dropped" | "cut";
}

type Act = (next: () => Promise<Broken>) => Promise<Broken>;

interface Fault {
  readonly kind: FaultKind;
  readonly operation: OperationId | "*";
  readonly act: Act;
  skip: number;
  left: number;
}

/** Beyond 2^53, and odd: JavaScript reads another number. */
const INEXACT = "9007199254740993";
const DROPPED: Broken = { status: 0, headers: {}, body: "", broken: "dropped" };
const NOT_JSON = "<!doctype html><title>Bad gateway</title>";

/**
 * Things that go wrong on purpose: `authority.faults`.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import { EmbeddedCycles } from "cycles-client/embedded";
 * const { faults } = new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") } });
 * faults.on("commitReservation").drop("after"); // the ledger has it, and the client does not know
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
   * Chooses calls: of an operation by its id in the contract, or `"*"` for any request. What it answers breaks them.
   * Faults on the same call add up, in the order in which they were made.
   *
   * @throws `CyclesConfigError` for an operation that does not exist, or counts that are none.
   */
  on(operation: OperationId | "*", { after = 0, times = 1 }: FaultTiming = {}): Breakage {
    if (operation !== "*" && !Object.hasOwn(operations, operation)) {
      const known = Object.keys(operations).join(", ");
      throw new CyclesConfigError(
        `There is no operation ${operation as string}; there are ${known}`,
      );
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
          throw new CyclesConfigError(`A fault answers a status from 200 to 599, not ${status}`);
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

  /** What has not hit anything yet, by kind and operation. */
  get pending(): readonly { readonly kind: FaultKind; readonly operation: OperationId | "*" }[] {
    return this.#faults.map(({ kind, operation }) => ({ kind, operation }));
  }

  /** Whether nothing is going to happen. */
  get isIdle(): boolean {
    return this.#faults.length === 0;
  }

  /** How many calls each kind has hit. */
  get injected(): Readonly<Partial<Record<FaultKind, number>>> {
    return Object.fromEntries(this.#injected);
  }

  /** Takes back what has not hit anything yet. */
  clear(): void {
    this.#faults = [];
  }

  /**
   * Lets a request through what is meant for it.
   * @internal
   */
  async pass(
    operation: OperationId | undefined,
    response: () => Promise<Outgoing>,
  ): Promise<{ readonly outgoing: Broken; readonly faults: readonly FaultKind[] }> {
    const hitting = this.#take(operation);
    const through = hitting.reduceRight<() => Promise<Broken>>(
      (next, { act }) =>
        () =>
          act(next),
      response,
    );
    return { outgoing: await through(), faults: hitting.map(({ kind }) => kind) };
  }

  #take(operation: OperationId | undefined): readonly Fault[] {
    const meant = this.#faults.filter((fault) => [operation, "*"].includes(fault.operation));
    const hitting = meant.filter((fault) => {
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
): Broken {
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

/** Only what follows `"balances"`: an amount that was charged stays what it is. */
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
