import { brotliCompressSync, gzipSync } from "node:zlib";
import { GOOD } from "./bodies.mjs";
import { hostileValue, Marks, mutate } from "./mutations.mjs";

/**
 * @typedef {{
 *   kinds: string[],
 *   status: number,
 *   headers: [string, string][],
 *   bytes: Uint8Array,
 *   fits: "yes" | "no" | "perhaps",
 *   ends: "whole" | "cut" | "never" | "thrown" | "rubbish",
 * }} DrawnResponse `fits`: whether it is a valid success of its operation, which follows from how it was made
 */

const CODES = [
  "INVALID_REQUEST",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "NOT_FOUND",
  "BUDGET_EXCEEDED",
  "BUDGET_FROZEN",
  "RESERVATION_EXPIRED",
  "RESERVATION_FINALIZED",
  "IDEMPOTENCY_MISMATCH",
  "UNIT_MISMATCH",
  "OVERDRAFT_LIMIT_EXCEEDED",
  "DEBT_OUTSTANDING",
  "MAX_EXTENSIONS_EXCEEDED",
  "LIMIT_EXCEEDED",
  "INTERNAL_ERROR",
  "SOMETHING_NEW",
];

const RETRY_AFTER = [
  "0",
  "1",
  "30",
  "7200",
  "-1",
  "1.5",
  "1e9",
  "99999999999999999999",
  "soon",
  "",
  "NaN",
  "0x10",
  "Wed, 21 Oct 2026 07:28:00 GMT",
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "Fri, 31 Dec 275760 23:59:59 GMT",
];

/** Draws random responses that are hostile in one or more ways, and knows which of them are still a success. */
export class Responses {
  #random;
  #secrets;

  /**
   * @param {import("../support/random.mjs").Random} random
   * @param {import("./secrets.mjs").Secrets} secrets
   */
  constructor(random, secrets) {
    this.#random = random;
    this.#secrets = secrets;
  }

  /**
   * The response of a correct server.
   * @param {string} operation
   * @param {string} id
   * @param {number} now
   * @returns {DrawnResponse}
   */
  good(operation, id, now) {
    const { status, body } = GOOD[operation];
    const text = JSON.stringify(body(id, now));
    return complete({ kinds: ["good"], status, bytes: encode(text), fits: "yes" });
  }

  /**
   * @param {string} operation
   * @param {string} id
   * @param {number} now
   * @returns {DrawnResponse}
   */
  hostile(operation, id, now) {
    const draw = this.#random.next();
    let drawn;
    if (draw < 0.45) drawn = this.#success(operation, id, now);
    else if (draw < 0.75) drawn = this.#refusal();
    else if (draw < 0.87) drawn = this.#garbage(operation, id, now);
    else if (draw < 0.93) drawn = this.#otherStatus(operation, id, now);
    else return this.#failure(operation, id, now);
    drawn.headers.push(...this.#headers());
    return drawn;
  }

  /** A success of the operation with up to three changes in the body. */
  #success(operation, id, now) {
    const random = this.#random;
    const { status, body, required } = GOOD[operation];
    const marks = new Marks();
    const tree = structuredClone(body(id, now));
    /** @type {DrawnResponse["fits"]} */
    let fits = operation.startsWith("getEvidence") ? "perhaps" : "yes";
    const kinds = [];
    for (let changes = random.integer(1, 3); changes > 0; changes -= 1) {
      const change = mutate(tree, { random, marks, secrets: this.#secrets, required, operation });
      kinds.push(change.kind);
      if (change.fits !== "yes") fits = change.fits;
      // A later change could repair what this change broke.
      if (fits === "no") break;
    }
    let text = marks.write(tree);
    if (random.chance(0.05)) {
      kinds.push("duplicate members");
      if (fits === "no") fits = "perhaps";
      text = `{"${required[0]}":${random.pick(["null", "[]", '"NO"'])},${text.slice(1)}`;
    }
    const bytes = encode(random.chance(0.05) ? `\ufeff${text}` : text);
    return complete({ kinds, status, bytes, fits });
  }

  /** An error response of the protocol, often with invalid or hostile fields. */
  #refusal() {
    const random = this.#random;
    const marks = new Marks();
    const secrets = this.#secrets;
    const status = random.pick([400, 401, 403, 404, 409, 409, 410, 418, 422, 429, 429, 500, 503]);
    const said = () => marks.within(`said ${secrets.written(random)} \\u001b[31m\\u202e\\n`);
    const tree = {
      error: random.chance(0.2) ? said() : random.pick(CODES),
      message: random.chance(0.7) ? said() : "refused",
      request_id: random.chance(0.3) ? said() : "req_1",
      ...(random.chance(0.3) && { trace_id: said() }),
      ...(random.chance(0.4) && {
        details: {
          scope: random.chance(0.5) ? said() : "tenant:acme",
          expected_units: [said(), "TOKENS"],
          [said()]: hostileValue(random, marks, secrets),
        },
      }),
    };
    const kinds = [`refused with ${status}`];
    if (random.chance(0.4))
      kinds.push(mutate(tree, { random, marks, secrets, required: ["error"], operation: "" }).kind);
    return complete({ kinds, status, bytes: encode(marks.write(tree)), fits: "no" });
  }

  /** A body that the protocol does not define, often with the status of a success. */
  #garbage(operation, id, now) {
    const random = this.#random;
    const secret = this.#secrets.written(random);
    const good = JSON.stringify(GOOD[operation].body(id, now));
    const filler = "x".repeat(random.pick([0, 150, 190, 195, 3_900, 4_080]));
    const [kind, bytes] = random.pick([
      ["empty", ""],
      ["truncated", good.slice(0, random.integer(1, good.length - 1))],
      ["HTML", `<html><title>502</title><body>${filler}${secret}</body></html>`],
      ["text", `${filler}key ${secret} is bad \u001b]0;title\u0007\u202e\u2066`],
      ["null", random.pick(["null", "true", "0", '""', "[]", "{}", "[[]]", "1e400", "-0"])],
      ["invalid UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x7d])],
      ["control characters", `{"status":"\u0000\u001b[2J","message":"${secret}"}`],
      ["secret as a number", `{"status": ${secret}`],
      ["nested arrays", "[".repeat(random.pick([1_000, 100_000]))],
      ["huge text", random.chance(0.1) ? "A".repeat(5_000_000) : "A".repeat(50_000)],
    ]);
    const status = random.pick([GOOD[operation].status, 400, 404, 409, 410, 429, 500, 502]);
    return complete({
      kinds: [kind, String(status)],
      status,
      bytes: typeof bytes === "string" ? encode(bytes) : bytes,
      fits: "no",
    });
  }

  /**
   * The body of a success with the status of another outcome.
   * @returns {DrawnResponse}
   */
  #otherStatus(operation, id, now) {
    const random = this.#random;
    const good = this.good(operation, id, now);
    const status = random.pick([201, 202, 204, 205, 206, 299, 300, 301, 302, 304, 307, 308, 599]);
    const isSuccess = status === good.status;
    const isEmpty = [204, 205, 304].includes(status);
    const location = /** @type {[string, string]} */ (["location", "http://elsewhere.invalid/"]);
    return {
      ...good,
      kinds: [`status ${status}`],
      status,
      headers: [location],
      bytes: isEmpty ? new Uint8Array() : good.bytes,
      fits: isSuccess ? "yes" : "no",
    };
  }

  /**
   * No response, or an incomplete one.
   * @returns {DrawnResponse}
   */
  #failure(operation, id, now) {
    const good = this.good(operation, id, now);
    const ends = this.#random.pick(
      /** @type {const} */ (["cut", "cut", "never", "thrown", "rubbish"]),
    );
    return { ...good, kinds: [`ends: ${ends}`], fits: "no", ends };
  }

  /** @returns {[string, string][]} */
  #headers() {
    const random = this.#random;
    const secret = () => this.#secrets.written(random).replace(/[^\x20-\x7e]/g, "");
    /** @type {[string, string][]} */
    const headers = [];
    const maybe = (name, probability, value) => {
      if (random.chance(probability)) headers.push([name, value()]);
    };
    maybe("retry-after", 0.3, () => random.pick(RETRY_AFTER));
    maybe("x-request-id", 0.2, () => random.pick([secret(), "r".repeat(8_000), "\u00ff\u009b31m"]));
    maybe("x-cycles-trace-id", 0.2, secret);
    maybe("x-cycles-tenant", 0.1, secret);
    maybe("x-ratelimit-remaining", 0.1, () => random.pick(["-1", "1e400", "NaN", "x", "5"]));
    maybe("x-ratelimit-reset", 0.1, () => random.pick(["-1", "9223372036854775807", "x"]));
    maybe("content-type", 0.3, () =>
      random.pick(["text/html", "application/json; charset=utf-16", "x"]),
    );
    maybe("set-cookie", 0.1, () => `session=${secret()}`);
    return headers;
  }
}

/**
 * Applies a content encoding to some responses, sometimes not the encoding that the header names.
 * @param {DrawnResponse} plain
 * @param {import("../support/random.mjs").Random} random
 * @returns {DrawnResponse}
 */
export function encoded(plain, random) {
  if (!random.chance(0.15)) return plain;
  const [coding, bytes, fits] = random.pick(
    /** @type {const} */ ([
      ["gzip", gzipSync(plain.bytes), plain.fits],
      ["br", brotliCompressSync(plain.bytes), plain.fits],
      ["gzip", plain.bytes, plain.bytes.length === 0 ? plain.fits : "no"],
      ["deflate", plain.bytes, "perhaps"],
      ["br", plain.bytes, "perhaps"],
      ["gzip", gzipSync(plain.bytes).subarray(0, 15), "no"],
      ["identity", plain.bytes, plain.fits],
    ]),
  );
  const kinds = [...plain.kinds, `as ${coding}`];
  return {
    ...plain,
    kinds,
    bytes,
    fits,
    headers: [...plain.headers, ["content-encoding", coding]],
  };
}

/**
 * @param {Pick<DrawnResponse, "kinds" | "status" | "bytes" | "fits">} drawn
 * @returns {DrawnResponse}
 */
function complete({ kinds, status, bytes, fits }) {
  return { kinds, status, headers: [], bytes, fits, ends: "whole" };
}

const encode = (text) => new TextEncoder().encode(text);
