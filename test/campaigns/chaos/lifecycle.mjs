import { CyclesError, GuardStateError, SettlementRefusedError, tokens } from "cycles-client";

/** What a piece of guarded work throws on purpose. */
class WorkFailed extends Error {}

/** A provider's stream of items, which may break off. */
async function* items(count, breaks, each) {
  for (let item = 1; item <= count; item += 1) {
    await each(item);
    if (breaks && item === count) throw new WorkFailed("the stream broke off");
    yield item;
  }
}

/**
 * One guarded piece of work, and the campaign's own list of what it spent. The spend of a lifecycle is the amount
 * that was meant last: what a refused commit was to record is not spent where a smaller amount was committed instead.
 */
export class Lifecycle {
  /** @type {string | undefined} */
  reservationId;
  /** The amounts for which a commit was to be made, in order. @type {number[]} */
  meant = [];
  /** Amounts whose refusal was thrown at the caller. @type {Set<number>} */
  refused = new Set();
  /** How it ended, from where the client's caller stands. */
  ended = "under way";
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
   * @param {(ms: number) => Promise<void>} sleep on the process's clock
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

  /** The work itself, which takes its time: now and then longer than the lease. */
  async work(guard) {
    this.reservationId = guard.id;
    const longest = this.#random.pick([50, 50, 1_000, 5_000, 30_000, 200_000]);
    await this.#sleep(this.#random.integer(0, longest));
  }

  /** An amount that is about to be committed: mostly within the estimate. */
  spends() {
    const most = this.#random.chance(0.3) ? this.estimate * 3 : this.estimate;
    return this.means(this.#random.integer(1, most));
  }

  /** @param {number} amount */
  means(amount) {
    this.meant.push(amount);
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
   * Commits as a careful caller does: what was refused is tried once more with a smaller amount, what is unknown with
   * the same one.
   * @param {import("cycles-client").Guard} guard
   */
  async commit(guard) {
    let actual = this.spends();
    for (let tries = 1; ; tries += 1) {
      try {
        return await guard.commit(actual, { metadata: { lifecycle: this.serial, tries } });
      } catch (error) {
        if (!(error instanceof CyclesError)) throw error;
        this.refused.add(actual.amount);
        if (guard.state !== "open" || tries === 4 || this.chance(0.2)) throw error;
        if (error.retryable) await this.#sleep(1_000);
        else actual = this.means(Math.min(this.estimate, this.integer(1, actual.amount)));
      }
    }
  }
}

/** The ways to use a guard. */
const SHAPES = {
  "run, noted": (client, life) =>
    client.run(
      life.request,
      async (guard) => {
        await life.work(guard);
        guard.setActual(life.spends(), { metadata: { lifecycle: life.serial } });
        if (life.chance(0.2)) guard.setActual(life.spends());
      },
      life.options,
    ),
  "run, read off the result": (client, life) =>
    client.run(life.request, (guard) => life.work(guard), {
      ...life.options,
      actual: () => life.spends(),
    }),
  "run, the estimate": (client, life) =>
    client.run(
      life.request,
      async (guard) => {
        await life.work(guard);
        life.means(life.estimate);
      },
      { ...life.options, actual: "estimate" },
    ),
  "run, cost unknown": (client, life) =>
    client.run(life.request, (guard) => life.work(guard), life.options),
  "run, fails after noting": (client, life) =>
    client.run(
      life.request,
      async (guard) => {
        await life.work(guard);
        guard.setActual(life.spends());
        life.fail();
      },
      life.options,
    ),
  "run, fails before": (client, life) =>
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
      { ...life.options, actual: () => life.spends() },
    )(2),
  "stream, whole": (client, life) => consume(client, life, Infinity, false),
  "stream, left early": (client, life) => consume(client, life, life.integer(1, 3), false),
  "stream, breaks off": (client, life) => consume(client, life, Infinity, true),
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
      guard.setActual(life.spends());
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

/** `await using`, as it runs on Node 20: a refusal at the end is the caller's to see. */
async function closed(guard, life) {
  try {
    await guard[Symbol.asyncDispose]();
  } catch (error) {
    if (error instanceof GuardStateError) throw error;
    life.refused.add(life.meant.at(-1));
    await guard.close();
    throw error;
  }
}

async function consume(client, life, most, breaks) {
  let taken = 0;
  const source = async (guard) => {
    await life.work(guard);
    return items(4, breaks, (item) => {
      if (item === 1 || life.chance(0.5)) guard.setActual(life.spends());
    });
  };
  for await (const item of client.stream(life.request, source, life.options)) {
    taken = item;
    if (taken >= most) break;
  }
}
