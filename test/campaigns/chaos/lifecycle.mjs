import { CyclesError, GuardStateError, SettlementRefusedError, tokens } from "cycles-client";

/** The error that guarded work throws on purpose. */
class WorkFailed extends Error {}

/** The stream of a provider, which may fail at its last item. */
async function* items(count, breaks, each) {
  for (let item = 1; item <= count; item += 1) {
    await each(item);
    if (breaks && item === count) throw new WorkFailed("the stream failed");
    yield item;
  }
}

/**
 * One piece of guarded work, and the campaign's own list of the amounts that it tried to commit. The last amount is the
 * spend of the lifecycle: if a commit was refused, the work commits a smaller amount instead.
 */
export class Lifecycle {
  /** @type {string | undefined} */
  reservationId;
  /** The amounts to commit, in order. The last one is the spend. @type {number[]} */
  amounts = [];
  /** The amounts whose refusal the caller received as an error. @type {Set<number>} */
  refused = new Set();
  /** How the lifecycle ended for the caller of the client. */
  ended = "running";
  shape;
  request;
  options;
  #random;
  #sleep;

  /**
   * @param {number} serial
   * @param {import("../support/random.mjs").Random} random
   * @param {boolean} refusing
   */
  constructor(serial, random, refusing) {
    this.serial = serial;
    this.#random = random;
    this.shape = random.pick(Object.keys(SHAPES));
    this.estimate = random.integer(50, 500);
    this.request = {
      action: { kind: "llm.completion", name: `work-${serial}` },
      estimate: tokens(this.estimate),
      ttl_ms: random.pick([1_000, 2_000, 10_000, 60_000]),
      ...(random.chance(0.5) && { grace_period_ms: 0 }),
      ...(refusing && {
        subject: { agent: random.pick(["small", "overdraft"]) },
        overage_policy: random.pick(
          /** @type {const} */ (["REJECT", "REJECT", "ALLOW_WITH_OVERDRAFT", "ALLOW_IF_AVAILABLE"]),
        ),
      }),
    };
    this.options = {
      heartbeat: random.pick(/** @type {const} */ (["warn", "warn", "fail", "cancel", false])),
    };
  }

  /**
   * @param {import("cycles-client").CyclesClient} client
   * @param {(ms: number) => Promise<void>} sleep waits on the clock of the process
   */
  async run(client, sleep) {
    this.#sleep = sleep;
    try {
      await SHAPES[this.shape](client, this);
      this.ended = "returned";
    } catch (error) {
      if (error instanceof SettlementRefusedError) this.refused.add(error.actual.amount);
      if (!(error instanceof CyclesError || error instanceof WorkFailed)) throw error;
      this.ended = error instanceof CyclesError ? error.code : "work failed";
    }
  }

  /** Does the work, which sometimes takes longer than the lease. */
  async work(guard) {
    this.reservationId = guard.id;
    const longest = this.#random.pick([50, 50, 1_000, 5_000, 30_000, 200_000]);
    await this.#sleep(this.#random.integer(0, longest));
  }

  /** Draws an amount to commit, usually within the estimate. */
  drawActual() {
    const most = this.#random.chance(0.3) ? this.estimate * 3 : this.estimate;
    return this.toCommit(this.#random.integer(1, most));
  }

  /** Notes an amount to commit. @param {number} amount */
  toCommit(amount) {
    this.amounts.push(amount);
    return tokens(amount);
  }

  chance(probability) {
    return this.#random.chance(probability);
  }

  integer(least, most) {
    return this.#random.integer(least, most);
  }

  fail() {
    throw new WorkFailed("the work failed");
  }

  /**
   * Commits as a careful caller does. After a refusal it tries a smaller amount; if the outcome is unknown, it tries
   * the same amount again.
   * @param {import("cycles-client").Guard} guard
   */
  async commit(guard) {
    let actual = this.drawActual();
    for (let tries = 1; ; tries += 1) {
      try {
        return await guard.commit(actual, { metadata: { lifecycle: this.serial, tries } });
      } catch (error) {
        if (!(error instanceof CyclesError)) throw error;
        this.refused.add(actual.amount);
        if (guard.state !== "open" || tries === 4 || this.chance(0.2)) throw error;
        if (error.retryable) await this.#sleep(1_000);
        else actual = this.toCommit(Math.min(this.estimate, this.integer(1, actual.amount)));
      }
    }
  }
}

/** The ways to use a guard. A lifecycle draws one of them. */
const SHAPES = {
  "run, actual set": (client, life) =>
    client.run(
      life.request,
      async (guard) => {
        await life.work(guard);
        guard.setActual(life.drawActual(), { metadata: { lifecycle: life.serial } });
        if (life.chance(0.2)) guard.setActual(life.drawActual());
      },
      life.options,
    ),
  "run, actual from the result": (client, life) =>
    client.run(life.request, (guard) => life.work(guard), {
      ...life.options,
      actual: () => life.drawActual(),
    }),
  "run, estimate as actual": (client, life) =>
    client.run(
      life.request,
      async (guard) => {
        await life.work(guard);
        life.toCommit(life.estimate);
      },
      { ...life.options, actual: "estimate" },
    ),
  "run, actual unknown": (client, life) =>
    client.run(life.request, (guard) => life.work(guard), life.options),
  "run, fails after actual set": (client, life) =>
    client.run(
      life.request,
      async (guard) => {
        await life.work(guard);
        guard.setActual(life.drawActual());
        life.fail();
      },
      life.options,
    ),
  "run, fails before actual set": (client, life) =>
    client.run(
      life.request,
      async (guard) => {
        await life.work(guard);
        life.fail();
      },
      life.options,
    ),
  wrap: (client, life) =>
    client.wrap(
      () => life.request,
      async (guard, factor) => {
        await life.work(guard);
        return factor;
      },
      { ...life.options, actual: () => life.drawActual() },
    )(2),
  "stream, consumed": (client, life) => consume(client, life, Infinity, false),
  "stream, left early": (client, life) => consume(client, life, life.integer(1, 3), false),
  "stream, fails": (client, life) => consume(client, life, Infinity, true),
  "guard, committed": async (client, life) => {
    const guard = await client.reserve(life.request, life.options);
    await life.work(guard);
    try {
      await life.commit(guard);
    } finally {
      await guard.close();
    }
  },
  "guard, closed": async (client, life) => {
    const guard = await client.reserve(life.request, life.options);
    try {
      await life.work(guard);
      guard.setActual(life.drawActual());
    } finally {
      await closed(guard, life);
    }
  },
  "guard, released": async (client, life) => {
    const guard = await client.reserve(life.request, life.options);
    await life.work(guard);
    await guard.release("not needed");
  },
  "guard, forgotten": async (client, life) => {
    const guard = await client.reserve(life.request, { heartbeat: false });
    await life.work(guard);
  },
  "guard, closed while it commits": async (client, life) => {
    const guard = await client.reserve(life.request, life.options);
    await life.work(guard);
    const committing = life.commit(guard);
    const closing = guard.close().catch(() => undefined);
    await committing.finally(() => closing);
  },
};

/** Does what `await using` does, which Node 20 cannot parse. The caller receives a refusal as an error. */
async function closed(guard, life) {
  try {
    await guard[Symbol.asyncDispose]();
  } catch (error) {
    if (error instanceof GuardStateError) throw error;
    life.refused.add(life.amounts.at(-1));
    await guard.close();
    throw error;
  }
}

async function consume(client, life, most, breaks) {
  let taken = 0;
  const source = async (guard) => {
    await life.work(guard);
    return items(4, breaks, (item) => {
      if (item === 1 || life.chance(0.5)) guard.setActual(life.drawActual());
    });
  };
  for await (const item of client.stream(life.request, source, life.options)) {
    taken = item;
    if (taken >= most) break;
  }
}
