/** A leak is this many characters of a secret in a row: more than its prefix, less than half of it. */
const TELLING = 14;

const ALPHABETS = [
  "abcdefghijklmnopqrstuvwxyz0123456789",
  "AbCdEf0123456789+/=",
  "xyzXYZ0189.-_~!$*",
];

/** The secrets of one client, the ways to write them in an answer, and the search for them in what is shown. */
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
   * A secret in one of the ways in which a server or a gateway would write it.
   * @param {import("../support/random.mjs").Random} random
   * @returns {string} what stands between the quotes of a JSON text
   */
  written(random) {
    const secret = random.pick(this.#secrets);
    return random.pick(WRITINGS)(secret, random);
  }

  /**
   * The text around a secret in what is shown; `undefined` when there is none.
   * @param {string} shown
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
  // Escaped twice, as by a gateway that quotes JSON within JSON.
  (secret) => each(secret, (one) => `\\\\u${hex(one).padStart(4, "0")}`),
  (secret) => secret.replaceAll("/", "\\/"),
  (secret) => encodeURIComponent(secret),
  (secret) => each(secret, (one) => `%${hex(one)}`),
  (secret, random) => each(secret, (one) => (random.chance(0.3) ? `%${hex(one)}` : one)),
  (secret) => each(secret, (one) => `&#${String(code(one))};`),
  (secret) => each(secret, (one) => `&#x${hex(one)};`),
];

/** With all escapes undone, those of `inspect` and `JSON.stringify` included. */
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
