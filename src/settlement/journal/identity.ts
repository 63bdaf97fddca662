import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import type { Principal } from "./place.js";

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
