import type { Amount, Subject } from "cycles-client";
import type { EmbeddedBalance } from "cycles-client/embedded";
import type { OperationId } from "../../../generated/operations.js";
import { type ParsedResponse, embedded } from "../http.js";
import { Books, EXTENSION_MS } from "./books.js";
import { places, type Start, type Step } from "./history.js";

/** A request that succeeded, to be sent again. */
interface Sent {
  readonly operation: OperationId;
  readonly tenant: string;
  readonly body: object;
  readonly id: string | undefined;
  readonly response: ParsedResponse;
}

/** A reserve to send. */
interface Asked {
  readonly tenant: string;
  readonly body: {
    readonly subject: Subject;
    readonly estimate: Amount;
    readonly grace_period_ms: number;
  };
}

const action = { kind: "llm.completion", name: "m" };

/** An authority, the books for comparison, and the requests that were sent so far. */
export class World {
  readonly books: Books;
  readonly #world: ReturnType<typeof embedded>;
  readonly #sent: Sent[] = [];
  readonly #reservations: { readonly id: string; readonly tenant: string }[] = [];
  #now = Date.UTC(2026, 0, 1);
  readonly #refused: Asked[] = [];
  #lastKey = "";
  #keys = 0;

  constructor(starts: readonly Start[]) {
    const budgets: Record<string, object[]> = {};
    for (const [index, [scope, unit]] of places.entries()) {
      const { allocated = 0, overdraft = 0 } = starts[index] ?? {};
      (budgets[scope] ??= []).push({
        allocated: { unit, amount: allocated },
        overdraft_limit: { unit, amount: overdraft },
      });
    }
    const clock = {
      now: () => this.#now,
      monotonic: () => this.#now,
      setTimeout: () => ({ cancel: () => undefined, unref: () => undefined }),
    };
    const apiKeys = { key_of_gamma: "gamma" };
    this.#world = embedded({ clock, apiKeys, budgets: budgets as never });
    this.books = new Books(starts);
  }

  /** Takes a step and returns its outcome in a word. Checks what must hold at every step. */
  async take(step: Step): Promise<string> {
    switch (step.type) {
      case "wait":
        this.#now += step.ms;
        this.books.lapse(this.#now);
        return "waited";
      case "lose":
        this.#world.authority.faults.clear();
        this.#world.authority.faults.on("*").drop(step.when);
        return `lost ${step.when}`;
      case "fund": {
        const [scope, unit] = placeAt(step.place);
        this.#world.authority.fund(scope, { unit, amount: step.amount });
        this.books.fund(scope, unit, step.amount);
        return "funded";
      }
      case "freeze":
        this.#world.authority.freeze(...placeAt(step.place));
        return "frozen";
      case "unfreeze":
        this.#world.authority.unfreeze(...placeAt(step.place));
        return "unfrozen";
      case "close":
        this.#world.authority.closeTenant(step.tenant);
        return "closed";
      case "repeat":
        return this.#repeat(step.pick);
      case "misuse":
        return this.#misuse(step.pick);
      case "persist":
        return this.#persist(step.pick);
      case "reserve":
        return this.#reserve(step);
      case "event": {
        const { tenant, subject, amount: actual, policy: overage_policy } = step;
        const body = { subject, action, actual, overage_policy };
        const response = await this.#send("createEvent", tenant, body);
        if (response.status === 201) {
          this.books.charge(subject, response.body.charged ?? actual);
        }
        return wordOf("event", response, response.body.charged?.amount < actual.amount);
      }
      case "decide": {
        const { tenant, subject, amount: estimate } = step;
        return wordOf("decide", await this.#send("decide", tenant, { subject, action, estimate }));
      }
      case "commit":
      case "release":
      case "extend":
        return this.#settle(step);
      default:
        return step satisfies never;
    }
  }

  /** The authority's balances. */
  balances() {
    return this.#world.authority.balances();
  }

  async #reserve(step: Extract<Step, { type: "reserve" }>): Promise<string> {
    const { tenant, subject, amount: estimate, policy: overage_policy, ttl, grace } = step;
    const body = { subject, action, estimate, overage_policy, ttl_ms: ttl, grace_period_ms: grace };
    return this.#tryToReserve({ tenant, body });
  }

  /** A refused request is evaluated again each time, also under its old key. */
  async #persist(pick: number): Promise<string> {
    const [asked] = this.#refused.splice(pick % Math.max(1, this.#refused.length), 1);
    if (asked === undefined) return "nothing to persist in";
    return `persisted: ${await this.#tryToReserve(asked)}`;
  }

  async #tryToReserve(asked: Asked): Promise<string> {
    const { tenant, body } = asked;
    const { idempotency_key: _, ...fresh } = { idempotency_key: "", ...body };
    const rehearsed = await this.#send("createReservation", tenant, { ...fresh, dry_run: true });
    const response = await this.#send("createReservation", tenant, body);
    const expected = rehearsed.body.reason_code ?? rehearsed.body.error ?? "ALLOW";
    const outcome = response.status === 200 ? response.body.decision : response.body.error;
    const found = outcome === "NOT_FOUND" ? "BUDGET_NOT_FOUND" : outcome;
    if (found !== expected) throw new Error(`rehearsed as ${expected}, and was ${outcome}`);
    if (response.status === 200) this.#granted(asked, response);
    else
      this.#refused.push({
        tenant,
        body: { idempotency_key: this.#lastKey, ...fresh } as Asked["body"],
      });
    return wordOf("reserve", response);
  }

  #granted({ tenant, body }: Asked, { body: response }: ParsedResponse): void {
    const { reservation_id: id, expires_at_ms, balances } = response;
    this.#reservations.push({ id, tenant });
    this.books.hold(id, body.subject, body.estimate, expires_at_ms, body.grace_period_ms);
    // The reserved amount was available.
    const remaining = (balances as EmbeddedBalance[]).map((row) => row.remaining.amount);
    if (Math.min(...remaining) < 0)
      throw new Error(`reserved what was not there: ${remaining.join(", ")}`);
  }

  async #settle(step: Extract<Step, { type: "commit" | "release" | "extend" }>): Promise<string> {
    const { id, tenant } = this.#reservations[
      step.pick % Math.max(1, this.#reservations.length)
    ] ?? {
      id: "none",
      tenant: "acme",
    };
    switch (step.type) {
      case "commit": {
        const unit = step.unit ?? this.books.unitOf(id) ?? "TOKENS";
        const actual = { unit, amount: step.amount };
        const response = await this.#send("commitReservation", tenant, { actual }, id);
        if (response.status === 200) this.books.commit(id, response.body);
        return wordOf("commit", response, response.body.charged?.amount < step.amount);
      }
      case "release": {
        const response = await this.#send("releaseReservation", tenant, {}, id);
        if (response.status === 200) this.books.release(id);
        return wordOf("release", response);
      }
      case "extend": {
        const response = await this.#send(
          "extendReservation",
          tenant,
          { extend_by_ms: EXTENSION_MS },
          id,
        );
        if (response.status === 200) this.books.extend(id, response.body.expires_at_ms);
        return wordOf("extend", response);
      }
    }
  }

  /**
   * A repeated success gets its first response and changes nothing, whatever has happened since.
   */
  async #repeat(pick: number): Promise<string> {
    const sent = this.#sent[pick % Math.max(1, this.#sent.length)];
    if (sent === undefined) return "nothing to repeat";
    const before = this.balances();
    const again = await this.#call(sent.operation, sent.tenant, sent.body, sent.id);
    const [first, second] = [sent.response, again].map(({ status, body }) =>
      JSON.stringify([status, { ...body, remaining_ttl_ms: undefined }]),
    );
    if (first !== second) throw new Error(`repeated: ${second}, first: ${first}`);
    this.#mustBe(before, "a repeat");
    return "repeated";
  }

  async #misuse(pick: number): Promise<string> {
    const sent = this.#sent[pick % Math.max(1, this.#sent.length)];
    if (sent === undefined) return "nothing to misuse";
    const before = this.balances();
    const body = { ...sent.body, metadata: { another: pick } };
    const other = sent.operation === "releaseReservation" ? { ...sent.body, reason: "x" } : body;
    const { body: response } = await this.#call(sent.operation, sent.tenant, other, sent.id);
    if (response.error !== "IDEMPOTENCY_MISMATCH") throw new Error(`misused: ${response.error}`);
    this.#mustBe(before, "a misuse");
    return "mismatch";
  }

  async #send(
    operation: OperationId,
    tenant: string,
    fields: object,
    id?: string,
  ): Promise<ParsedResponse> {
    const before = this.balances();
    const body = { idempotency_key: `key-${String((this.#keys += 1))}`, ...fields };
    this.#lastKey = body.idempotency_key;
    const response = await this.#call(operation, tenant, body, id);
    const isNoChange =
      response.status >= 400 ||
      "dry_run" in fields ||
      ["decide", "extendReservation"].includes(operation);
    if (isNoChange) this.#mustBe(before, `${operation} with ${response.status}`);
    if (response.status < 400) this.#sent.push({ operation, tenant, body, id, response });
    return response;
  }

  /** Repeats a request without a response, byte for byte, as a client does. */
  #call(
    operation: OperationId,
    tenant: string,
    body: object,
    id?: string,
  ): Promise<ParsedResponse> {
    const key = this.#world.authority.apiKey(tenant);
    const send = () => this.#world.call(operation, body, { key, ...(id !== undefined && { id }) });
    return send().catch((error: unknown) => {
      if (error instanceof TypeError) return send();
      throw error;
    });
  }

  #mustBe(before: unknown, what: string): void {
    const [was, is] = [JSON.stringify(before), JSON.stringify(this.balances())];
    if (was !== is) throw new Error(`${what} changed the books from ${was} to ${is}`);
  }
}

function placeAt(index: number) {
  const [scope, unit] = places[index] ?? places[0];
  return [scope, unit] as const;
}

function wordOf(what: string, { status, body }: ParsedResponse, isShort = false): string {
  if (status >= 400) return `${what} ${body.error as string}`;
  if (body.decision === "DENY") return `${what} DENY ${body.reason_code as string}`;
  return isShort ? `${what} cut short` : `${what} ok`;
}
