// The names under which one model is known. A request may name an alias, and its response a version.

/** `gpt-4o-2024-08-06`, `claude-sonnet-4-5-20250929`, `claude-sonnet-4@20250514`, `gpt-4-0613`. */
const VERSION = /(?:-\d{4}-\d{2}-\d{2}|[-@]\d{8}|-\d{3,4}|-latest)$/;

/**
 * The names to look for, in lower case: first the name as it is, then the name without the path
 * `models/` before it, which the Gemini API has, and without the provider, which routers add.
 */
export function spellings(provider: string, model: string): string[] {
  const name = model.toLowerCase().trim();
  return [...new Set([name, withoutPath(name), withoutPrefix(name, provider.toLowerCase())])];
}

/** The name without the date or number of its version; undefined if it has none. */
export function withoutVersion(model: string): string | undefined {
  const alias = model.replace(VERSION, "");
  return alias === model || alias === "" ? undefined : alias;
}

function withoutPath(name: string): string {
  return name.slice(name.lastIndexOf("/models/") + 1).replace(/^models\//, "");
}

function withoutPrefix(name: string, provider: string): string {
  return name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name;
}
