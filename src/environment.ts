/** The environment variables, where the runtime has any; empty in browsers and most workers. */
export function environment(): Readonly<Record<string, string | undefined>> {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env ?? {};
}

/** Whether this is a page or a web worker in a browser, where every visitor can read an API key. */
export function isBrowser(): boolean {
  const { document, importScripts, navigator } = globalThis as Record<string, unknown>;
  if (document !== undefined) return true;
  // Cloudflare's workers know neither `document` nor a way to be looked into; they name themselves.
  const agent = (navigator as { userAgent?: unknown } | undefined)?.userAgent;
  return typeof importScripts === "function" && agent !== "Cloudflare-Workers";
}
