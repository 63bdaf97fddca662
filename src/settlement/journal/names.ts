import { createHash, pbkdf2, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import type { Principal } from "../../journal.js";

/** The file of a reservation's record. A hash, because an id can be any text: two ids never share a file. */
export function recordFile(reservationId: string): string {
  return `v2-${createHash("sha256").update(reservationId, "utf8").digest("hex")}.json`;
}

/** A name beside `file` for what is half written. Random, because in containers process ids recur. */
export function temporaryFile(file: string): string {
  return `${file}.${randomUUID()}.tmp`;
}

export function isRecordFile(name: string): boolean {
  return name.endsWith(".json");
}

export function isTemporaryFile(name: string): boolean {
  return name.endsWith(".tmp");
}

/** The names, the first one free is taken, for a record that is set aside. */
export function* asideFiles(file: string, why: string): Generator<string, never> {
  const stem = file.slice(0, -".json".length);
  yield `${stem}.${why}`;
  for (let count = 2; ; count += 1) yield `${stem}.${count}.${why}`;
}

const ROUNDS = 30_000;
const BYTES = 32;
const HEX_DIGITS = 16;

/**
 * The name of a principal's folder at a server. With a tenant it outlives the rotation of API keys; the key itself
 * cannot be read out of it.
 */
export async function identityOf({ baseUrl, tenant, apiKey }: Principal): Promise<string> {
  const hasTenant = tenant !== undefined && tenant.trim() !== "";
  const principal = hasTenant ? `tenant\n${tenant}` : `key\n${apiKey ?? ""}`;
  const salt = `runcycles-commit-journal\n${baseUrl}`;
  const hash = await promisify(pbkdf2)(principal, salt, ROUNDS, BYTES, "sha256");
  return hash.toString("hex").slice(0, HEX_DIGITS);
}
