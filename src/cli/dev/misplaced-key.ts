import { UsageError } from "../terminal.js";

const API_KEY = /\bcyc_/i;

/**
 * Refuses a configuration with an API key in the wrong place, because other errors and the list of
 * tenants quote the file. Throws a {@link UsageError} that does not contain the key.
 */
export function refuseMisplacedKeys(file: string, config: unknown): void {
  for (const [option, value] of entriesOf(config)) {
    if (option === "adminKey") continue;
    const names = option === "apiKeys" ? [] : namesIn(value);
    if (![option, ...names, ...textsIn(value)].some((text) => API_KEY.test(text))) continue;
    throw new UsageError(
      `${file}: an API key is in the wrong place: write apiKeys as { "cyc_live_…": "acme" }, ` +
        `with the key before its tenant, and no key elsewhere`,
    );
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function namesIn(value: unknown): string[] {
  return entriesOf(value).flatMap(([name, each]) => [name, ...namesIn(each)]);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return entriesOf(value).flatMap(([, each]) => textsIn(each));
}
