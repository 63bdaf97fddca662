/** This many consecutive characters of a secret count as a leak: more than its prefix, less than half of it. */
const TELLING = 14;

const ALPHABETS = [
  "abcdefghijklmnopqrstuvwxyz0123456789",
  "AbCdEf0123456789+/=",
  "xyzXYZ0189.-_~!$*",
];

/** The secrets of one client. Writes them into responses, and finds them in output. */
export class Secrets {
  apiKey;
  headers;
  #secrets;
  #pieces;

  /** @param {import("../support/random.mjs").Random} random */
  constructor(random) {
    const letters = random.pick(ALPHABETS);
    const word = (length) => Array.from({ length }, () => random.pick([...letters])).join("");
    this.apiKey = `cyc_live_${word(random.integer(20, 40))}`;
    const [bearer, session] = [word(28), word(24)];
    this.headers = { authorization: `Bearer ${bearer}`, cookie: `session=${session}` };
    this.#secrets = [this.apiKey, this.apiKey, bearer, session];
    const pieces = [this.apiKey.slice("cyc_live_".length), bearer, session].flatMap(windows);
    this.#pieces = new RegExp(pieces.map(literal).join("|"));
  }

  /**
   * Returns a secret, escaped in one of the ways that servers and gateways use.
   * @param {import("../support/random.mjs").Random} random
   * @returns {string} the JSON text between the quotes
   */
  written(random) {
    const secret = random.pick(this.#secrets);
    return random.pick(WRITINGS)(secret, random);
  }

  /**
   * Returns the text around a leaked secret; `undefined` if there is none.
   * @param {string} shown text that a user or a log reader can see
   */
  leakIn(shown) {
    const found = this.#pieces.exec(shown) ?? this.#pieces.exec(unescaped(shown));
    return found?.input.slice(Math.max(0, found.index - 60), found.index + 60);
  }
}

/** @param {string} secret */
function windows(secret) {
  return Array.from({ length: secret.length - TELLING + 1 }, (_, at) =>
    secret.slice(at, at + TELLING),
  );
}

/** @param {string} text */
function literal(text) {
  return text.replace(/[^\w]/g, String.raw`\$&`);
}

const code = (character) => character.charCodeAt(0);
const hex = (character) => code(character).toString(16);
const each = (secret, write) => Array.from(secret, write).join("");

/** @type {((secret: string, random: import("../support/random.mjs").Random) => string)[]} */
const WRITINGS = [
  (secret) => secret,
  (secret) => secret,
  (secret) => each(secret, (one) => `\\u${hex(one).padStart(4, "0")}`),
  (secret, random) =>
    each(secret, (one) =>
      random.chance(0.3) ? `\\u${hex(one).toUpperCase().padStart(4, "0")}` : one,
    ),
  // Escaped twice, as when a gateway quotes JSON within JSON.
  (secret) => each(secret, (one) => `\\\\u${hex(one).padStart(4, "0")}`),
  (secret) => secret.replaceAll("/", "\\/"),
  (secret) => encodeURIComponent(secret),
  (secret) => each(secret, (one) => `%${hex(one)}`),
  (secret, random) => each(secret, (one) => (random.chance(0.3) ? `%${hex(one)}` : one)),
  (secret) => each(secret, (one) => `&#${String(code(one))};`),
  (secret) => each(secret, (one) => `&#x${hex(one)};`),
];

/** Removes all escapes, including those of `inspect` and `JSON.stringify`. */
function unescaped(text) {
  return text
    .replace(/\\+u\{?00([0-9a-fA-F]{2})\}?/g, (_, digits) => character(digits, 16))
    .replace(/\\+x([0-9a-fA-F]{2})/g, (_, digits) => character(digits, 16))
    .replace(/%([0-9a-fA-F]{2})/g, (_, digits) => character(digits, 16))
    .replace(/&#0*(\d{1,3});/g, (_, digits) => character(digits, 10))
    .replace(/&#[xX]0*([0-9a-fA-F]{1,2});/g, (_, digits) => character(digits, 16))
    .replaceAll("\\", "");
}

const character = (digits, base) => String.fromCharCode(parseInt(digits, base));
