import { inspect } from "node:util";
import { routeOf } from "./bodies.mjs";
import { OwnError } from "./watch.mjs";

/** An answer that blocks the event loop for longer than this is counted; longer than the second, it is a problem. */
const SLOW_MS = 250;
const GROSS_MS = 5_000;

/** The other side of one client: answers by the dozen, and what they mean for the books. */
export class Server {
  #world;
  /** From when on it is a good server. */
  #healed = false;
  /** The answers of commits and events, by the reservation. @type {Map<string, import("./answers.mjs").Answer[]>} */
  settling = new Map();
  /** @type {import("./answers.mjs").Answer[]} */
  given = [];

  /**
   * @param {{
   *   answers: import("./answers.mjs").Answers,
   *   random: import("../support/random.mjs").Random,
   *   secrets: import("./secrets.mjs").Secrets,
   *   watch: import("./watch.mjs").Watch,
   *   figures: import("./figures.mjs").Figures,
   *   now: () => number,
   *   rate: (operation: string) => number,
   * }} world `rate`: how many of the answers are hostile, from 0 to 1
   */
  constructor(world) {
    this.#world = world;
  }

  heal() {
    this.#healed = true;
  }

  /**
   * Draws the answer to a request.
   * @param {string} method
   * @param {string} url
   * @param {string} body
   */
  answer(method, url, body) {
    const { answers, random, now, rate, figures } = this.#world;
    const { operation, id } = routeOf(method, url);
    const isHostile = !this.#healed && random.chance(rate(operation));
    const reservation = operation === "createReservation" ? random.uuid() : id;
    const answer = isHostile
      ? answers.hostile(operation, reservation, now())
      : answers.good(operation, reservation, now());
    if (isHostile) {
      figures.answered(operation, answer);
      this.given.push(answer);
    }
    const settled = settledBy(operation, id, body);
    if (settled !== undefined)
      this.settling.set(settled, [...(this.settling.get(settled) ?? []), answer]);
    return answer;
  }

  /** The `fetch` of the client. @type {import("cycles-client").Fetch} */
  fetch = async (url, init) => {
    const answer = this.#drawn(init.method ?? "GET", url, String(init.body ?? ""));
    this.#time(answer);
    if (answer.ends === "never") return new Promise(() => undefined);
    if (answer.ends === "thrown") throw this.#failure();
    if (answer.ends === "rubbish") return this.#world.random.pick(RUBBISH);
    return toResponse(answer);
  };

  /** A mistake of the campaign must not pass for a server that fails. */
  #drawn(method, url, body) {
    try {
      return this.answer(method, url, body);
    } catch (error) {
      this.#world.watch.problem("the campaign failed", inspect(error));
      throw error;
    }
  }

  /** How long the event loop is held up by an answer, and by what becomes of it in the same turn. */
  #time(answer) {
    const { figures, watch } = this.#world;
    // Of the processor: a machine that is busy with other things must not look like a slow client.
    const begun = process.cpuUsage();
    setImmediate(() => {
      const { user, system } = process.cpuUsage(begun);
      const ms = (user + system) / 1_000;
      figures.longest = Math.max(figures.longest, ms);
      if (ms > SLOW_MS) figures.slow += 1;
      if (ms > GROSS_MS)
        watch.problem(`${Math.round(ms)} ms for an answer`, answer.kinds.join(", "));
    });
  }

  /** What the `fetch` of a user, or the platform's, may throw. */
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

/** The reservation whose spend a request records; `undefined` when it records none of a guard. */
function settledBy(operation, id, body) {
  if (operation === "commitReservation") return id;
  if (operation !== "createEvent") return undefined;
  const recovered = JSON.parse(body).metadata?.recovered_reservation_id;
  return typeof recovered === "string" ? recovered : undefined;
}

/** @param {import("./answers.mjs").Answer} answer */
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
