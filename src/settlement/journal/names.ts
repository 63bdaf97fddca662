import { createHash, pbkdf2, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import type { Principal } from "../../journal.js";

/** Returns the file name of a reservation's record. It is a hash, because an id can be any text. */
export function recordFile(reservationId: string): string {
  return `v2-${createHash("sha256").update(reservationId, "utf8").digest("hex")}.json`;
}

/**
 * Returns a temporary name for `file`, which is written before it is moved into place. The name is
 * random, because processes in different containers often have the same id.
 */
export function temporaryFile(file: string): string {
  return `${file}.${randomUUID()}.tmp`;
}

export function isRecordFile(name: string): boolean {
  return name.endsWith(".json");
}

export function isTemporaryFile(name: string): boolean {
  return name.endsWith(".tmp");
}

/** Other clients of the protocol read only `*.json`, so a log does not disturb them. */
const LOG_NAME = /^v1-[0-9a-f-]+\.log$/;

export function isLogFile(name: string): boolean {
  return LOG_NAME.test(name);
}

/** Returns a new name for a log. */
export function logFile(): string {
  return `v1-${randomUUID()}.log`;
}

/** Yields the names for a record that is set aside. The caller uses the first free name. */
export function* asideFiles(file: string, why: string): Generator<string, never> {
  const stem = file.replace(/\.\w+$/, "");
  yield `${stem}.${why}`;
  for (let count = 2; ; count += 1) yield `${stem}.${count}.${why}`;
}

/**
 * Returns the name of a principal's folder. With a tenant, it stays the same when the API key is
 * rotated. The key cannot be derived from it.
 */
export async function identityOf({ baseUrl, tenant, apiKey }: Principal): Promise<string> {
  const hasTenant = tenant !== undefined && tenant.trim() !== "";
  const principal = hasTenant ? `tenant\n${tenant}` : `key\n${apiKey ?? ""}`;
  const salt = `runcycles-commit-journal\n${baseUrl}`;
  const hash = await promisify(pbkdf2)(principal, salt, ROUNDS, BYTES, "sha256");
  return hash.toString("hex").slice(0, HEX_DIGITS);
}

const ROUNDS = 30_000;
const BYTES = 32;
const HEX_DIGITS = 16;
