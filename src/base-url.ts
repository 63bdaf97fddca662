import { CyclesConfigError } from "./errors.js";

/**
 * Checks a base URL, and returns it unchanged.
 *
 * @param name how error messages name the option
 * @throws {@link CyclesConfigError} if URL parsers would change it, or if it has more than scheme,
 * host, port and path. Messages do not quote the URL, because it may contain credentials.
 */
export function checkBaseUrl(text: string, name: string): string {
  const problem = problemOf(text);
  if (problem === undefined) return text;
  throw new CyclesConfigError(`${name} ${problem}`);
}

/** The URL as `URL` writes it, so that every transport requests the same path. */
export function normalizeBaseUrl(text: string): string {
  const { href } = new URL(text);
  // A loop, because a regular expression would take quadratic time.
  let end = href.length;
  while (href[end - 1] === "/") end -= 1;
  return href.slice(0, end);
}

function problemOf(text: string): string | undefined {
  if (text !== text.trim()) return "has white space around it: remove it";
  if (/[\0-\x1f\\]/.test(text)) return "has a backslash or a control character: remove it";
  if (!URL.canParse(text))
    return "is not a URL: it must be absolute, such as https://cycles.internal";
  const { protocol, username, password } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:")
    return `must start with http:// or https://, not ${protocol}`;
  // URL parsers accept any number of slashes, and then read part of the path as the host.
  if (!/^https?:\/\/[^/]/i.test(text))
    return `must have two slashes and a host after ${protocol}, such as ${protocol}//cycles.internal`;
  if (username !== "" || password !== "")
    return "carries credentials, which would end up in logs: use `apiKey`";
  if (/[?#]/.test(text))
    return "has a query or a fragment: keep only the scheme, host, port and path";
  return undefined;
}
