import { inspect } from "node:util";
import { routeOf } from "./bodies.mjs";
import { OwnError } from "./watch.mjs";

/** A response that blocks the event loop for longer than this is counted. */
const SLOW_MS = 250;
/** A response that blocks the event loop for longer than this is a problem. */
const TOO_SLOW_MS = 5_000;

/** The server of one client. Draws a response to each request, and keeps those that settle a reservation. */
export class Server {
  #world;
  /** Whether it now responds as a correct server. */
  #healed = false;
  /**
   * The responses to commits and events, by reservation id.
   * @type {Map<string, import("./responses.mjs").DrawnResponse[]>}
   */
  settling = new Map();
  /** The hostile responses that were sent. @type {import("./responses.mjs").DrawnResponse[]} */
  given = [];

  /**
   * @param {{
   *   responses: import("./responses.mjs").Responses,
   *   random: import("../support/random.mjs").Random,
   *   secrets: import("./secrets.mjs").Secrets,
   *   watch: import("./watch.mjs").Watch,
   *   figures: import("./figures.mjs").Figures,
   *   now: () => number,
   *   rate: (operation: string) => number,
   * }} world `rate`: the probability that a response is hostile
   */
  constructor(world) {
    this.#world = world;
  }

  heal() {
    this.#healed = true;
  }

  /**
   * Draws the response to a request.
   * @param {string} method
   * @param {string} url
   * @param {string} body
   */
  respond(method, url, body) {
    const { responses, random, now, rate, figures } = this.#world;
    const { operation, id } = routeOf(method, url);
    const isHostile = !this.#healed && random.chance(rate(operation));
    const reservation = operation === "createReservation" ? random.uuid() : id;
    const response = isHostile
      ? responses.hostile(operation, reservation, now())
      : responses.good(operation, reservation, now());
    if (isHostile) {
      figures.add(operation, response);
      this.given.push(response);
    }
    const settled = settledBy(operation, id, body);
    if (settled !== undefined)
      this.settling.set(settled, [...(this.settling.get(settled) ?? []), response]);
    return response;
  }

  /** The `fetch` that the client uses. @type {import("cycles-client").Fetch} */
  fetch = async (url, init) => {
    const response = this.#drawn(init.method ?? "GET", url, String(init.body ?? ""));
    this.#time(response);
    if (response.ends === "never") return new Promise(() => undefined);
    if (response.ends === "thrown") throw this.#failure();
    if (response.ends === "rubbish") return this.#world.random.pick(RUBBISH);
    return toResponse(response);
  };

  /** An error in the campaign itself must not look like a server that fails. */
  #drawn(method, url, body) {
    try {
      return this.respond(method, url, body);
    } catch (error) {
      this.#world.watch.problem("the campaign failed", inspect(error));
      throw error;
    }
  }

  /** Measures how long a response, and what the client does with it in the same turn, block the event loop. */
  #time(response) {
    const { figures, watch } = this.#world;
    // CPU time, because wall time would also count the work of other processes.
    const begun = process.cpuUsage();
    setImmediate(() => {
      const { user, system } = process.cpuUsage(begun);
      const ms = (user + system) / 1_000;
      figures.longest = Math.max(figures.longest, ms);
      if (ms > SLOW_MS) figures.slow += 1;
      if (ms > TOO_SLOW_MS)
        watch.problem(
          `a response blocked the event loop for ${Math.round(ms)} ms`,
          response.kinds.join(", "),
        );
    });
  }

  /** A value that a user's or the platform's `fetch` might throw. */
  #failure() {
    const { random, secrets } = this.#world;
    const said = `fetch failed for ${secrets.apiKey} \u001b[31m ${secrets.headers.cookie}`;
    const cause = Object.assign(new Error(said), { code: "UND_ERR", data: { said } });
    return random.pick([
      () => new TypeError("fetch failed", { cause }),
      () => new OwnError(said),
      () => said,
      () => null,
      () => undefined,
      () =>
        Object.defineProperty({}, "message", {
          get: () => {
            throw new Error(said);
          },
        }),
      () => Object.assign(new Error(said), { cause: { message: said, headers: secrets.headers } }),
    ])();
  }
}

const RUBBISH = /** @type {any[]} */ ([
  undefined,
  null,
  42,
  "200 OK",
  {},
  { status: "200", headers: new Headers(), body: null },
  { status: 0, headers: new Headers(), body: null },
  { status: 999, headers: new Headers(), body: null },
  { status: 101, headers: [], body: null },
  { status: 200, headers: {}, body: null },
  { status: 200, headers: new Headers(), body: "no stream" },
  { status: 200, headers: new Headers(), body: null, text: () => Promise.resolve(5) },
  { type: "opaqueredirect" },
]);

/** The reservation whose spend a request records; `undefined` if it does not record the spend of a guard. */
function settledBy(operation, id, body) {
  if (operation === "commitReservation") return id;
  if (operation !== "createEvent") return undefined;
  const recovered = JSON.parse(body).metadata?.recovered_reservation_id;
  return typeof recovered === "string" ? recovered : undefined;
}

/** @param {import("./responses.mjs").DrawnResponse} response */
function toResponse({ status, headers, bytes, ends }) {
  const isEmpty = [204, 205, 304].includes(status);
  const body =
    ends === "cut"
      ? new ReadableStream({
          start(controller) {
            controller.enqueue(bytes.subarray(0, bytes.length / 2));
            controller.error(new TypeError("terminated"));
          },
        })
      : bytes;
  return new Response(isEmpty ? null : /** @type {any} */ (body), { status, headers });
}
