// Secrets are taken out of what is shown: errors, notices, logs. What a program goes on with is left as it came.

/** Takes secrets out of what is shown. */
export interface Redactor {
  readonly text: (text: string) => string;
  /** Whether a text is a secret, or contains one that is too long to be there by chance. */
  readonly reveals: (text: string) => boolean;
  /**
   * A copy in which strings and names have no secrets, and nothing is nested more than {@link DEEPEST} deep. What is
   * neither an array nor a plain object is kept: errors of ours have been through this.
   */
  readonly value: <T>(value: T) => T;
}

/** Deeper than this, what is shown says only that there is more: loggers recurse. */
export const DEEPEST = 64;

/**
 * A redactor of the key and of those headers that carry a secret.
 *
 * @param headers as they are configured or sent
 */
export function redactorOf(
  apiKey: string | undefined,
  headers: Readonly<Record<string, string>>,
): Redactor {
  const secrets = Object.entries(headers)
    .filter(([name, value]) => value !== apiKey && isSecret(name))
    .flatMap(([, value]) => secretsIn(value))
    .filter((secret) => secret.length >= SHORTEST_SECRET && secret !== apiKey)
    .map((secret): Secret => [secret, "[secret]"]);
  if (apiKey !== undefined) secrets.unshift([apiKey, "[API key]"]);
  const of = secrets.join("\n");
  let found = redactors.get(of);
  if (found === undefined) {
    found = redactor(secrets);
    if (redactors.size >= MOST_REDACTORS) redactors.clear();
    redactors.set(of, found);
  }
  return found;
}

/** By their secrets: clients ask for the same ones again, and patterns take longer to make than to use. */
const redactors = new Map<string, Redactor>();
/** Calls may have secrets of their own, which do not come again. */
const MOST_REDACTORS = 32;

/** A secret, and what is shown in its place. */
type Secret = readonly [secret: string, place: string];

/** Asked for each request and each header. */
function isSecret(name: string): boolean {
  let is = secretNames.get(name);
  if (is === undefined) {
    is = SECRET_NAME.test(name) && !PUBLIC_NAMES.includes(name.toLowerCase());
    if (secretNames.size < MOST_NAMES) secretNames.set(name, is);
  }
  return is;
}

const secretNames = new Map<string, boolean>();
const MOST_NAMES = 200;

/** The name of a header says whether its value is a secret; of a trace or a version, it is not. */
const SECRET_NAME = /auth|key|token|secret|pass|pwd|cred|cookie|session|sign|jwt|cert/i;

/** A key that is no secret: it names one call, and errors show it. */
const PUBLIC_NAMES = ["x-idempotency-key"];

/** What is shorter is too likely to be a part of something else, and no secret. */
const SHORTEST_SECRET = 6;

/** A shorter secret may be part of a name that has nothing to do with it. */
const SHORTEST_TELLING = 12;

/** The whole value, the credentials after their scheme (`Bearer …`), and the values of cookies. */
function secretsIn(value: string): string[] {
  const [, credentials = value] = /^[\w-]+ +(\S.*)$/.exec(value.trim()) ?? [];
  const cookies = value.split(";").map((pair) => pair.slice(pair.indexOf("=") + 1).trim());
  return [...new Set([value.trim(), credentials, ...cookies])];
}

function redactor(secrets: readonly Secret[]): Redactor {
  // The longest first, for one may be a part of another.
  const patterns = [...secrets]
    .sort(([one], [other]) => other.length - one.length)
    .map(([secret, place]) => ({ secret, pattern: writtenAs(secret), place }));
  const text = (shown: string) =>
    patterns.reduce((rest, { pattern, place }) => rest.replace(pattern, place), shown);
  const reveals = (shown: string) =>
    patterns.some(
      ({ pattern, secret }) =>
        shown === secret ||
        (secret.length >= SHORTEST_TELLING &&
          shown.length > secret.length &&
          // Without a sign that begins an escape, a search for the text as it is will do.
          (/[\\%&]/.test(shown) ? shown.search(pattern) >= 0 : shown.includes(secret))),
    );
  return { text, reveals, value: (value) => copy(value, text, DEEPEST) };
}

/** A secret in plain text, and with any of its characters escaped as JSON, URLs and HTML do it. */
function writtenAs(secret: string): RegExp {
  const characters = Array.from(secret, (one) => {
    const code = one.charCodeAt(0);
    const hex = anyCase(code.toString(16));
    const itself = one.replace(/[^\w]/, String.raw`\$&`);
    const escaped = String.raw`\\{1,4}(?:u0{0,2}${hex}|x${hex}|${itself})`;
    return `(?:${itself}|${escaped}|%${hex}|&#(?:0*${String(code)}|[xX]0*${hex});)`;
  });
  return new RegExp(characters.join(""), "g");
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** Recursion is safe here, for it ends at a depth. */
function copy<T>(value: T, text: (shown: string) => string, depth: number): T;
function copy(value: unknown, text: (shown: string) => string, depth: number): unknown {
  if (typeof value === "string") return text(value);
  const isArray = Array.isArray(value);
  if (!isArray && !isPlain(value)) return value;
  if (depth === 0) return "…";
  if (isArray) return value.map((item: unknown) => copy(item, text, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [text(name), copy(item, text, depth - 1)]),
  );
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  );
}
