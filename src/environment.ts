/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variables of this process; empty in browsers and most workers. */
export function environment(): Environment {
  // A cast, because no type describes the globals of all runtimes.
  const { process } = globalThis as { process?: { env?: Environment } };
  return process?.env ?? {};
}

/** Whether this is a page or a web worker in a browser, where visitors can read the API key. */
export function isBrowser(): boolean {
  const { document, importScripts, navigator } = globalThis as Record<string, unknown>;
  if (document !== undefined) return true;
  // Cloudflare Workers have `importScripts` too, but visitors cannot read their code.
  const { userAgent } = (navigator ?? {}) as { userAgent?: unknown };
  return typeof importScripts === "function" && userAgent !== "Cloudflare-Workers";
}
