/**
 * What a network and the things in it do to one exchange. `arrives`: the request reaches the ledger, and acts there.
 * `answer`: what comes back in place of the true answer; `undefined` is the true one, `"lost"` none.
 * @typedef {{
 *   name: string,
 *   arrives: boolean | "either",
 *   late?: "request" | "answer",
 *   twice?: boolean,
 *   answer?: "lost" | ((answer: Response | undefined, random: import("../support/random.mjs").Random) => Response | Promise<Response>),
 * }} Fault
 */

/** @type {readonly Fault[]} */
const FAULTS = [
  { name: "request lost", arrives: false, answer: "lost" },
  { name: "answer lost", arrives: true, answer: "lost" },
  { name: "request delayed", arrives: true, late: "request" },
  { name: "answer delayed", arrives: true, late: "answer" },
  { name: "request doubled", arrives: true, twice: true },
  { name: "500", arrives: "either", answer: () => refusal(500, "INTERNAL_ERROR") },
  {
    name: "502 page of HTML",
    arrives: "either",
    answer: () => new Response("<h1>bad gateway</h1>", { status: 502 }),
  },
  { name: "503 without body", arrives: "either", answer: () => new Response("", { status: 503 }) },
  {
    name: "429 with Retry-After",
    arrives: false,
    answer: (_, random) =>
      refusal(429, "LIMIT_EXCEEDED", {
        "Retry-After": String(random.pick([0, 1, 3, 20, 90, 7200])),
      }),
  },
  {
    name: "429 without Retry-After",
    arrives: false,
    answer: () => refusal(429, "LIMIT_EXCEEDED"),
  },
  {
    name: "429 with a bad Retry-After",
    arrives: false,
    answer: (_, random) =>
      refusal(429, "LIMIT_EXCEEDED", {
        "Retry-After": random.pick(["-1", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"]),
      }),
  },
  {
    name: "401",
    arrives: false,
    answer: () => refusal(401, "UNAUTHORIZED"),
  },
  { name: "403", arrives: false, answer: () => refusal(403, "FORBIDDEN") },
  {
    name: "4xx of unknown code",
    arrives: false,
    answer: (_, random) => refusal(random.pick([400, 409, 422]), "SOMETHING_NEW"),
  },
  {
    name: "404 page of HTML",
    arrives: false,
    answer: () => new Response("<h1>not found</h1>", { status: 404 }),
  },
  {
    name: "redirect",
    arrives: false,
    answer: () =>
      new Response("", { status: 302, headers: { location: "http://elsewhere.invalid/" } }),
  },
  { name: "204", arrives: "either", answer: () => new Response(null, { status: 204 }) },
  { name: "success with {}", arrives: "either", answer: (answer) => json(answer, {}) },
  {
    name: "garbage",
    arrives: "either",
    answer: (answer, random) =>
      new Response(random.pick(["", "OK", "null", "[]", '"COMMITTED"', "\u0000\u0001"]), {
        status: answer?.status ?? 200,
      }),
  },
  {
    name: "body cut",
    arrives: true,
    answer: async (answer) => {
      const text = (await answer?.text()) ?? "";
      return new Response(text.slice(0, text.length / 2), { status: answer?.status ?? 200 });
    },
  },
  {
    name: "connection cut in the body",
    arrives: true,
    answer: async (answer) => {
      const text = (await answer?.text()) ?? "";
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2)));
          controller.error(new TypeError("terminated"));
        },
      });
      return new Response(body, { status: answer?.status ?? 200 });
    },
  },
  {
    name: "another 2xx",
    arrives: true,
    answer: async (answer) =>
      answer?.ok
        ? new Response(await answer.text(), { status: answer.status === 200 ? 201 : 200 })
        : refusal(500, "INTERNAL_ERROR"),
  },
  {
    name: "unknown status in the body",
    arrives: true,
    answer: async (answer) =>
      answer?.ok
        ? json(answer, { ...(await answer.json()), status: "MAYBE", decision: "?" })
        : refusal(500, "INTERNAL_ERROR"),
  },
  {
    name: "unknown fields",
    arrives: true,
    answer: async (answer) =>
      answer === undefined
        ? refusal(500, "INTERNAL_ERROR")
        : json(answer, { ...(await answer.json()), brand_new: { deep: [1, null] }, zone: "eu" }),
  },
];

/**
 * What a tenant whose events are refused beyond the budget answers: understood, and curable by an operator.
 * @type {Fault}
 */
const EXHAUSTED = {
  name: "event refused",
  arrives: false,
  answer: () => refusal(409, "BUDGET_EXCEEDED"),
};

const SETTLING = ["commit", "events"];

export const NETWORK_FAULTS = [...FAULTS, EXHAUSTED].map(({ name }) => name);

/** The way to the authority: faults one by one, and outages in which every request meets the same one. */
export class Network {
  #world;
  #outage = { until: 0, fault: FAULTS[0] };

  /**
   * @param {{
   *   authority: import("cycles-client/embedded").EmbeddedCycles,
   *   random: import("../support/random.mjs").Random,
   *   time: import("./time.mjs").Time,
   *   evidence: import("./evidence.mjs").Evidence,
   *   faults: import("../support/count.mjs").Count,
   *   rate: () => number,
   *   refusing: boolean,
   * }} world
   */
  constructor(world) {
    this.#world = world;
  }

  /**
   * The `fetch` of one process.
   * @param {import("./life.mjs").Life} life
   * @returns {import("cycles-client").Fetch}
   */
  fetchOf(life) {
    return async (url, init) => {
      await life.pass();
      try {
        return await this.#exchange(url, init);
      } finally {
        await life.pass();
      }
    };
  }

  /**
   * @param {string} url
   * @param {RequestInit} init
   */
  async #exchange(url, init) {
    const { random, time, faults } = this.#world;
    const operation = new URL(url).pathname.split("/").at(-1) ?? "";
    const fault = this.#fault(operation, String(init.body));
    // Even a good network takes its time, so that what is concurrent can cross.
    await time.sleep(random.integer(0, 3));
    if (fault === undefined) return this.#deliver(url, init);

    faults.add(fault.name);
    if (fault.late === "request") await time.sleep(random.integer(1, 40_000));
    if (fault.twice) this.#again(url, init);
    const arrives = fault.arrives === "either" ? random.chance(0.5) : fault.arrives;
    const answer = arrives ? await this.#deliver(url, init) : undefined;
    if (fault.late === "answer") await time.sleep(random.integer(1, 20_000));
    if (fault.answer === "lost") throw new TypeError("fetch failed");
    if (fault.answer) return await fault.answer(answer, random);
    return answer ?? refusal(500, "INTERNAL_ERROR");
  }

  /**
   * @param {string} operation
   * @param {string} body
   */
  #fault(operation, body) {
    const fault = this.#draw(operation);
    // A server that has accepted a key says so again.
    if (fault === EXHAUSTED && this.#world.evidence.hasAccepted(body)) return undefined;
    // A request that comes after its refusal, and after the smaller commit that took its place, is accepted for the
    // amount that was refused: no client can prevent that, so it is no part of the campaign.
    const isLate = fault?.late === "request" || fault?.twice === true;
    return isLate && this.#world.refusing && SETTLING.includes(operation) ? undefined : fault;
  }

  /** @param {string} operation */
  #draw(operation) {
    const { random, time, rate, refusing } = this.#world;
    if (rate() === 0) return undefined;
    if (refusing && operation === "events" && random.chance(0.15)) return EXHAUSTED;
    if (time.monotonic() < this.#outage.until) return this.#outage.fault;
    if (random.chance(0.004)) {
      const until = time.monotonic() + random.integer(1_000, 120_000);
      this.#outage = { until, fault: random.pick(FAULTS) };
    }
    // Without a reservation there is nothing to settle.
    const chance = operation === "reservations" ? rate() / 5 : rate();
    return random.chance(chance) ? random.pick(FAULTS) : undefined;
  }

  /**
   * What was sent arrives, whether anybody still waits for the answer or not.
   * @param {string} url
   * @param {RequestInit} init
   */
  async #deliver(url, init) {
    const { authority, evidence } = this.#world;
    const { method, headers, body } = init;
    evidence.arrived(url, String(body));
    const answer = await authority.fetch(url, {
      ...(method !== undefined && { method }),
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
    });
    evidence.answered(url, String(body), answer.status, await answer.clone().text());
    return answer;
  }

  /**
   * @param {string} url
   * @param {RequestInit} init
   */
  #again(url, init) {
    const { random, time } = this.#world;
    time.setTimeout(
      () => {
        void this.#deliver(url, init);
      },
      random.integer(0, 60_000),
    );
  }
}

/**
 * @param {number} status
 * @param {string} error
 * @param {Record<string, string>} [headers]
 */
function refusal(status, error, headers) {
  const body = { error, message: `refused with ${error}`, request_id: "req_chaos" };
  return Response.json(body, { status, ...(headers && { headers }) });
}

/**
 * @param {Response | undefined} answer
 * @param {unknown} body
 */
function json(answer, body) {
  return Response.json(body, { status: answer?.status ?? 200 });
}
