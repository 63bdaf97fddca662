import { CyclesClient, tokens } from "cycles-client";
import { MemoryJournal } from "./journal.mjs";
import { Server } from "./server.mjs";
import { OwnError } from "./watch.mjs";

const BASE_URL = "http://cycles.invalid";
const MINUTE_MS = 60_000;
/** The most time that a call may take: its attempts, and the longest wait that a server can impose between them. */
const CALL_BOUND_MS = 3 * 7_000 + 2 * 40_000;

const ACTION = { kind: "llm.completion", name: "chat" };

/** One call for each operation of the facade. */
export const CALLS = {
  createReservation: (client, options) =>
    client.createReservation({ action: ACTION, estimate: tokens(100) }, options),
  commitReservation: (client, options) =>
    client.commitReservation("res-1", { actual: tokens(3) }, options),
  releaseReservation: (client, options) => client.releaseReservation("res-1", {}, options),
  extendReservation: (client, options) =>
    client.extendReservation("res-1", { extend_by_ms: 1_000 }, options),
  createEvent: (client, options) =>
    client.createEvent({ action: ACTION, actual: tokens(3) }, options),
  decide: (client, options) => client.decide({ action: ACTION, estimate: tokens(3) }, options),
  getReservation: (client, options) => client.getReservation("res-1", options),
  listReservations: (client, options) => client.listReservations({}, options),
  getBalances: (client, options) => client.getBalances({ tenant: "acme" }, options),
  getEvidence: (client, options) => client.getEvidence("a".repeat(64), options),
  getEvidenceJwks: (client, options) => client.getEvidenceJwks(options),
};

/** One client with its own hostile server, and checks of what the client does. */
export class Case {
  world;
  server;
  client;
  journal = new MemoryJournal(this);
  /** Whether a call was rejected. */
  hasFailed = false;
  /**
   * For each reservation, how many notices reported a commit or a failure.
   * @type {Map<string, { committed: number, failed: number }>}
   */
  #said = new Map();
  /** Reservations that a settlement reported to the caller as committed. */
  #reported = new Set();

  /** @param {any} world */
  constructor(world, rate, options = {}) {
    this.world = world;
    this.server = new Server({ ...world, rate });
    const { secrets, watch, time } = world;
    this.client = new CyclesClient({
      baseUrl: BASE_URL,
      apiKey: secrets.apiKey,
      headers: secrets.headers,
      subject: { tenant: "acme" },
      clock: time,
      fetch: this.server.fetch,
      journal: this.journal,
      ...watch.listening(secrets, (notice) => this.#hear(notice)),
      ...options,
    });
  }

  #hear(notice) {
    const { type, reservationId } = notice;
    if (type !== "committed" && type !== "settlement_failed") return;
    const said = this.#said.get(reservationId) ?? { committed: 0, failed: 0 };
    if (type === "committed") said.committed += 1;
    else said.failed += 1;
    this.#said.set(reservationId, said);
  }

  /**
   * Awaits a promise, checks that it settles within a time bound, and checks the error if it rejects.
   * @template Value
   * @param {string} what
   * @param {PromiseLike<Value>} promise
   * @param {number} [boundMs]
   * @returns {Promise<{ value: Value } | { error: unknown }>}
   */
  async outcome(what, promise, boundMs = CALL_BOUND_MS) {
    const { time, watch, secrets } = this.world;
    const begun = time.monotonic();
    let ended;
    try {
      ended = { value: await promise };
    } catch (error) {
      watch.about = this.#about(what);
      this.hasFailed = true;
      watch.thrown(secrets, error, what);
      ended = { error };
    }
    const took = time.monotonic() - begun;
    watch.about = this.#about(what);
    if (took > boundMs) watch.problem(`${what} took ${Math.round(took)} ms`);
    return ended;
  }

  #about(what) {
    const kinds = this.server.given.slice(-3).map((response) => response.kinds.join("+"));
    return `batch ${this.world.batch}: ${what} after ${kinds.join("; ")}`;
  }

  /** Reports a problem, with the responses that led to it. */
  problem(what) {
    this.world.watch.about = this.#about("");
    this.world.watch.problem(what);
  }

  /** Notes a settlement that reports to the caller that the spend is committed. */
  told(settlement) {
    if (settlement?.state === "committed") this.#reported.add(settlement.reservationId);
  }

  /** Ends the hostile responses, lets the client settle its spends, and compares its reports with the responses. */
  async end() {
    const { time } = this.world;
    this.server.heal();
    await this.outcome("flush", this.client.flush(), 20_000);
    // A server can make a spend wait for an hour.
    await time.sleep(70 * MINUTE_MS);
    await this.outcome("flush", this.client.flush(), 20_000);
    await this.outcome("close", this.client.close(), 40_000);
    for (const [id, responses] of this.server.settling) this.#compare(id, responses);
    for (const id of [...this.#said.keys(), ...this.#reported])
      if (this.#isReportedCommitted(id) && !this.server.settling.has(id))
        this.problem(`${id} was reported as committed, but no request was sent`);
  }

  #isReportedCommitted(id) {
    return this.#reported.has(id) || (this.#said.get(id)?.committed ?? 0) > 0;
  }

  #compare(id, responses) {
    const { committed = 0, failed = 0 } = this.#said.get(id) ?? {};
    const fits = responses.map((response) => response.fits);
    const told = JSON.stringify({ fits, committed, failed });
    if (this.#isReportedCommitted(id) && fits.every((one) => one === "no"))
      this.problem(`a commit was reported as committed without a successful response: ${told}`);
    if (fits.includes("yes") && (committed !== 1 || failed > 0))
      this.problem(
        `a commit with a successful response was not reported as committed exactly once: ${told}`,
      );
    // With `retry: false`, the call rejects instead, or the record stays in the journal for the next process.
    const isLeft = this.hasFailed || this.journal.has(id);
    if (committed + failed > 1 || (committed + failed === 0 && !isLeft))
      this.problem(`a spend was not reported exactly once: ${told}`);
  }
}

/** Calls operations of the facade, then iterates over a list. */
export async function facade(world) {
  const { random } = world;
  const one = new Case(world, () => 1, { maxRetries: random.integer(0, 2), journal: false });
  for (let calls = 0; calls < 8; calls += 1) {
    const operation = random.pick(Object.keys(CALLS));
    const first = one.server.given.length;
    const call = CALLS[operation](one.client, {});
    const ended = await one.outcome(operation, call);
    const last = one.server.given.at(-1);
    const isTried = one.server.given.length > first;
    if ("value" in ended && isTried && last?.fits === "no")
      one.problem(`${operation} resolved although the response is not a success`);
    if ("error" in ended && isTried && last?.fits === "yes")
      one.problem(
        `${operation} rejected although the response is a success: ${String(ended.error)}`,
      );
    if ("value" in ended) await one.outcome("response", call.withResponse());
  }
  await one.outcome("iterate", iterate(one.client), 20 * CALL_BOUND_MS);
  await one.outcome("close", one.client.close(), 40_000);
}

async function iterate(client) {
  let items = 0;
  for await (const item of client.listReservations()) {
    if (item !== undefined) items += 1;
    if (items > 50) break;
  }
}

/** Calls the raw client, which returns what it receives. */
export async function raw(world) {
  const { random } = world;
  const one = new Case(world, () => 1, { journal: false });
  const { client } = one;
  for (let calls = 0; calls < 8; calls += 1) {
    const query = { tenant: "acme" };
    const path = { reservation_id: "res-1" };
    const body = { idempotency_key: random.uuid(), actual: tokens(3) };
    const call = random.pick([
      () => client.raw.GET("/v1/balances", { params: { query } }),
      () => client.raw.GET("/v1/reservations/{reservation_id}", { params: { path } }),
      () => client.raw.POST("/v1/reservations/{reservation_id}/commit", { params: { path }, body }),
      () => client.raw.GET("/v1/balances", { params: { query }, parseAs: "text" }),
    ]);
    await one.outcome("raw", call());
  }
  await one.outcome("close", client.close(), 40_000);
}

/** Uses a guard in one of its forms, with heartbeats and a settlement. */
export async function guarded(world) {
  const { random, time } = world;
  // If every reserve fails, the case never sends a heartbeat.
  const reserves = random.pick([0, 0, 0.5, 1]);
  const rates = { createReservation: reserves, extendReservation: random.pick([0.3, 1]) };
  const settles = random.pick([0.3, 0.7, 1]);
  const one = new Case(world, (operation) => rates[operation] ?? settles, {
    settleTimeout: random.pick([0, 2_000, 10_000]),
    ...(random.chance(0.2) && { retry: false }),
    ...(random.chance(0.3) && { journal: false }),
  });
  const workMs = random.pick([0, 100, 90_000, 300_000]);
  const request = {
    action: ACTION,
    estimate: tokens(100),
    ttl_ms: random.pick([1_000, 10_000, 60_000]),
  };
  const options = {
    heartbeat: random.pick(/** @type {const} */ (["warn", "fail", "cancel", false])),
  };
  const work = async (guard) => {
    await time.sleep(workMs);
    if (random.chance(0.3)) guard.setActual(tokens(random.integer(1, 100)));
    if (random.chance(0.1)) throw new OwnError("the work failed");
  };
  const form = random.pick(Object.keys(FORMS));
  // The calls: reserve, extension before the work, settlement and release.
  const bound = workMs + 4 * CALL_BOUND_MS;
  const ended = await one.outcome(form, FORMS[form](one, request, work, options), bound);
  if ("value" in ended) one.told(ended.value);
  await one.end();
}

const FORMS = {
  run: ({ client }, request, work, options) =>
    client.run(request, work, { ...options, actual: () => tokens(7) }),
  stream: async ({ client }, request, work, options) => {
    const source = async function* (guard) {
      yield 1;
      await work(guard);
      yield 2;
    };
    const priced = { ...options, actual: () => tokens(7) };
    const items = client.stream(request, source, priced);
    while (!(await items.next()).done);
  },
  commit: async (one, request, work, options) => {
    const guard = await one.client.reserve(request, options);
    try {
      await work(guard);
      return await guard.commit(tokens(7));
    } finally {
      await one.outcome("guard.close", guard.close());
    }
  },
  extend: async (one, request, work, options) => {
    const guard = await one.client.reserve(request, options);
    await one.outcome("guard.extend", guard.extend(1_000));
    await work(guard).catch(() => undefined);
    await one.outcome("guard.release", guard.release("not needed"));
    await guard.close();
  },
  close: async ({ client }, request, work, options) => {
    const guard = await client.reserve(request, options);
    await work(guard).catch(() => undefined);
    await guard.close();
  },
};

/** Recovers records that earlier processes left in the journal, in the foreground and in the background. */
export async function recovered(world) {
  const { random, time } = world;
  const one = new Case(world, () => random.pick([0.7, 1]), {
    settleTimeout: random.pick([0, 2_000]),
    flushTimeout: random.pick([1_000, 10_000]),
  });
  for (let records = random.integer(1, 6); records > 0; records -= 1)
    one.journal.leave(BASE_URL, random, time.now());
  await one.outcome("recover", one.client.recover(), 20_000);
  for (let hours = random.integer(0, 3); hours > 0; hours -= 1) {
    await time.sleep(60 * MINUTE_MS);
    await one.outcome("flush", one.client.flush(), 20_000);
  }
  await one.end();
}
