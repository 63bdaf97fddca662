import { UsageError } from "../terminal.js";

const API_KEY = /\bcyc_/i;

/**
 * Refuses a configuration with an API key in the wrong place, because other errors and the list of
 * tenants quote the file. Throws a {@link UsageError} that does not contain the key.
 */
export function refuseMisplacedKeys(file: string, config: unknown): void {
  for (const [option, value] of entriesOf(config)) {
    if (option === "adminKey") continue;
    const isMap = option === "apiKeys" && typeof value === "object" && value !== null;
    if (!isKeyIn(isMap ? Object.values(value) : value) && !API_KEY.test(option)) continue;
    throw new UsageError(
      `${file}: an API key is in the wrong place: write apiKeys as { "cyc_live_…": "acme" }, ` +
        `with the key before its tenant, and no key elsewhere`,
    );
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** Whether a text or a name in the value looks like an API key. */
function isKeyIn(value: unknown): boolean {
  if (typeof value === "string") return API_KEY.test(value);
  return entriesOf(value).some(([name, each]) => API_KEY.test(name) || isKeyIn(each));
}
