/**
 * A fault in one exchange of a request and its response. `arrives`: the request reaches the ledger and takes effect.
 * `response`: the client receives this instead of the ledger's response, or, with `"lost"`, no response.
 * @typedef {{
 *   name: string,
 *   arrives: boolean | "either",
 *   late?: "request" | "response",
 *   twice?: boolean,
 *   response?: "lost" | ((response: Response | undefined, random: import("../support/random.mjs").Random) => Response | Promise<Response>),
 * }} Fault
 */

/** @type {readonly Fault[]} */
const FAULTS = [
  { name: "request lost", arrives: false, response: "lost" },
  { name: "response lost", arrives: true, response: "lost" },
  { name: "request delayed", arrives: true, late: "request" },
  { name: "response delayed", arrives: true, late: "response" },
  { name: "request repeated", arrives: true, twice: true },
  { name: "500", arrives: "either", response: () => refusal(500, "INTERNAL_ERROR") },
  {
    name: "502 with HTML",
    arrives: "either",
    response: () => new Response("<h1>bad gateway</h1>", { status: 502 }),
  },
  {
    name: "503 without body",
    arrives: "either",
    response: () => new Response("", { status: 503 }),
  },
  {
    name: "429 with Retry-After",
    arrives: false,
    response: (_, random) =>
      refusal(429, "LIMIT_EXCEEDED", {
        "Retry-After": String(random.pick([0, 1, 3, 20, 90, 7200])),
      }),
  },
  {
    name: "429 without Retry-After",
    arrives: false,
    response: () => refusal(429, "LIMIT_EXCEEDED"),
  },
  {
    name: "429 with a bad Retry-After",
    arrives: false,
    response: (_, random) =>
      refusal(429, "LIMIT_EXCEEDED", {
        "Retry-After": random.pick(["-1", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"]),
      }),
  },
  {
    name: "401",
    arrives: false,
    response: () => refusal(401, "UNAUTHORIZED"),
  },
  { name: "403", arrives: false, response: () => refusal(403, "FORBIDDEN") },
  {
    name: "4xx with unknown code",
    arrives: false,
    response: (_, random) => refusal(random.pick([400, 409, 422]), "SOMETHING_NEW"),
  },
  {
    name: "404 with HTML",
    arrives: false,
    response: () => new Response("<h1>not found</h1>", { status: 404 }),
  },
  {
    name: "redirect",
    arrives: false,
    response: () =>
      new Response("", { status: 302, headers: { location: "http://elsewhere.invalid/" } }),
  },
  { name: "204", arrives: "either", response: () => new Response(null, { status: 204 }) },
  { name: "success with {}", arrives: "either", response: (response) => json(response, {}) },
  {
    name: "garbage",
    arrives: "either",
    response: (response, random) =>
      new Response(random.pick(["", "OK", "null", "[]", '"COMMITTED"', "\u0000\u0001"]), {
        status: response?.status ?? 200,
      }),
  },
  {
    name: "body truncated",
    arrives: true,
    response: async (response) => {
      const text = (await response?.text()) ?? "";
      return new Response(text.slice(0, text.length / 2), { status: response?.status ?? 200 });
    },
  },
  {
    name: "connection lost in the body",
    arrives: true,
    response: async (response) => {
      const text = (await response?.text()) ?? "";
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2)));
          controller.error(new TypeError("terminated"));
        },
      });
      return new Response(body, { status: response?.status ?? 200 });
    },
  },
  {
    name: "different 2xx",
    arrives: true,
    response: async (response) =>
      response?.ok
        ? new Response(await response.text(), { status: response.status === 200 ? 201 : 200 })
        : refusal(500, "INTERNAL_ERROR"),
  },
  {
    name: "unknown status in the body",
    arrives: true,
    response: async (response) =>
      response?.ok
        ? json(response, { ...(await response.json()), status: "MAYBE", decision: "?" })
        : refusal(500, "INTERNAL_ERROR"),
  },
  {
    name: "unknown fields",
    arrives: true,
    response: async (response) =>
      response === undefined
        ? refusal(500, "INTERNAL_ERROR")
        : json(response, {
            ...(await response.json()),
            brand_new: { deep: [1, null] },
            zone: "eu",
          }),
  },
];

/**
 * The response to an event that exceeds the budget. The client understands it, and an operator can fund the budget.
 * @type {Fault}
 */
const EXHAUSTED = {
  name: "event refused",
  arrives: false,
  response: () => refusal(409, "BUDGET_EXCEEDED"),
};

const SETTLING = ["commit", "events"];

export const NETWORK_FAULTS = [...FAULTS, EXHAUSTED].map(({ name }) => name);

/** The network between client and authority, with single faults, and with outages that repeat one fault for a while. */
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
   * Returns the `fetch` of one process.
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
    // Every request takes some time, so that concurrent requests can overtake each other.
    await time.sleep(random.integer(0, 3));
    if (fault === undefined) return this.#deliver(url, init);

    faults.add(fault.name);
    if (fault.late === "request") await time.sleep(random.integer(1, 40_000));
    if (fault.twice) this.#again(url, init);
    const arrives = fault.arrives === "either" ? random.chance(0.5) : fault.arrives;
    const response = arrives ? await this.#deliver(url, init) : undefined;
    if (fault.late === "response") await time.sleep(random.integer(1, 20_000));
    if (fault.response === "lost") throw new TypeError("fetch failed");
    if (fault.response) return await fault.response(response, random);
    return response ?? refusal(500, "INTERNAL_ERROR");
  }

  /**
   * @param {string} operation
   * @param {string} body
   */
  #fault(operation, body) {
    const fault = this.#draw(operation);
    // If the server has accepted the key, it responds with the same success again.
    if (fault === EXHAUSTED && this.#world.evidence.hasAccepted(body)) return undefined;
    // A delayed copy of a refused request can arrive after the smaller commit that replaced it, and be accepted for the
    // refused amount. A client cannot prevent that, so the campaign does not do it.
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
    // Reserves fail less often, because a lifecycle without a reservation has no spend.
    const chance = operation === "reservations" ? rate() / 5 : rate();
    return random.chance(chance) ? random.pick(FAULTS) : undefined;
  }

  /**
   * Passes a request to the ledger, even if the client no longer waits for the response.
   * @param {string} url
   * @param {RequestInit} init
   */
  async #deliver(url, init) {
    const { authority, evidence } = this.#world;
    const { method, headers, body } = init;
    evidence.arrived(url, String(body));
    const response = await authority.fetch(url, {
      ...(method !== undefined && { method }),
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
    });
    evidence.responded(url, String(body), response.status, await response.clone().text());
    return response;
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
 * @param {Response | undefined} response
 * @param {unknown} body
 */
function json(response, body) {
  return Response.json(body, { status: response?.status ?? 200 });
}
