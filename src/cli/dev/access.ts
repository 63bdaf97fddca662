import type { EmbeddedServer } from "../../embedded/index.js";

/** The variables that configure a client of one tenant. */
export interface Access {
  readonly CYCLES_BASE_URL: string;
  readonly CYCLES_API_KEY: string;
  readonly CYCLES_TENANT: string;
}

export function accessOf({ clientOptions }: EmbeddedServer, tenant: string): Access {
  const { baseUrl, apiKey, subject } = clientOptions(tenant);
  return {
    CYCLES_BASE_URL: baseUrl,
    CYCLES_API_KEY: apiKey,
    CYCLES_TENANT: subject.tenant,
  };
}

/** Lines for a POSIX shell. */
export function exportLines(access: Access): string[] {
  return Object.entries(access).map(([name, value]) => `export ${name}=${quoted(String(value))}`);
}

function quoted(value: string): string {
  return /^[\w./:-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
