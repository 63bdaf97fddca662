// Secrets are removed from everything that is shown: errors, notices and logs. The values that a
// program works with, such as response bodies, stay as the server sent them.

/** Removes secrets from values before they are shown. */
export interface Redactor {
  readonly text: (text: string) => string;
  /** Whether a text is a secret, or contains one that is too long to occur by chance. */
  readonly reveals: (text: string) => boolean;
  /**
   * Returns a copy without secrets in strings and property names, at most {@link DEEPEST} levels
   * deep. Only arrays and plain objects are copied. Errors of this package are kept, because their
   * secrets have been removed already.
   */
  readonly value: <T>(value: T) => T;
}

/** Deeper levels are replaced by an ellipsis, because loggers recurse. */
export const DEEPEST = 64;

/**
 * Returns a redactor for the API key and for the secrets in headers.
 *
 * @param headers the headers that are configured or sent
 */
export function redactorOf(
  apiKey: string | undefined,
  headers: Readonly<Record<string, string>>,
): Redactor {
  const secrets: Secret[] = apiKey === undefined ? [] : [[apiKey, "[API key]"]];
  // A loop without entries, because this runs for each reserve, and most have no other secret.
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || value === apiKey || !isSecret(name)) continue;
    for (const secret of secretsIn(value)) {
      if (secret.length >= SHORTEST_SECRET && secret !== apiKey) secrets.push([secret, "[secret]"]);
    }
  }
  const id = secrets.join("\n");
  let found = redactors.get(id);
  if (found === undefined) {
    found = redactor(secrets);
    if (redactors.size >= MOST_REDACTORS) redactors.clear();
    redactors.set(id, found);
  }
  return found;
}

/** A cache by secrets, because it takes longer to make the patterns than to use them. */
const redactors = new Map<string, Redactor>();
/** The cache has a limit, because each call may have different secrets in its headers. */
const MOST_REDACTORS = 32;

/** A secret, and the text that is shown instead of it. */
type Secret = readonly [secret: string, replacement: string];

/** Whether a header contains a secret. Cached, because this runs for each header of a request. */
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

/** Names of headers that contain a secret. A trace id or a version does not match. */
const SECRET_NAME = /auth|key|token|secret|pass|pwd|cred|cookie|session|sign|jwt|cert/i;

/** The idempotency key is not a secret: it identifies one call, and errors show it. */
const PUBLIC_NAMES = ["x-idempotency-key"];

/** Shorter values are ignored, because other texts often contain them by chance. */
const SHORTEST_SECRET = 6;

/** A shorter secret may occur by chance inside an unrelated id. */
const SHORTEST_TELLING = 12;

/** Returns the whole value, the credentials after a scheme (`Bearer …`), and cookie values. */
function secretsIn(value: string): string[] {
  const [, credentials = value] = /^[\w-]+ +(\S.*)$/.exec(value.trim()) ?? [];
  const cookies = value.split(";").map((pair) => pair.slice(pair.indexOf("=") + 1).trim());
  return [...new Set([value.trim(), credentials, ...cookies])];
}

function redactor(secrets: readonly Secret[]): Redactor {
  // The longest first, because one secret may be part of another.
  const patterns = [...secrets]
    .sort(([one], [other]) => other.length - one.length)
    .map(([secret, replacement]) => ({ secret, pattern: writtenAs(secret), replacement }));
  const text = (shown: string) =>
    patterns.reduce((rest, { pattern, replacement }) => rest.replace(pattern, replacement), shown);
  const reveals = (shown: string) =>
    patterns.some(
      ({ pattern, secret }) =>
        shown === secret ||
        (secret.length >= SHORTEST_TELLING &&
          shown.length > secret.length &&
          // A text without an escape character can only contain the secret as it is.
          (/[\\%&]/.test(shown) ? shown.search(pattern) >= 0 : shown.includes(secret))),
    );
  return { text, reveals, value: (value) => copy(value, text, DEEPEST) };
}

/** Matches a secret as plain text, and with characters escaped for JSON, URLs or HTML. */
function writtenAs(secret: string): RegExp {
  const characters = Array.from(secret, (one) => {
    const code = one.charCodeAt(0);
    const hex = anyCase(code.toString(16));
    const itself = one.replace(/[^\w]/, String.raw`\$&`);
    const escaped = String.raw`\\{1,4}(?:u0{0,2}${hex}|x${hex}|${itself})`;
    return `(?:${itself}|${escaped}|%${hex}|&#(?:0*${code}|[xX]0*${hex});)`;
  });
  return new RegExp(characters.join(""), "g");
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** The recursion is safe because its depth has a limit. */
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
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
