import { CyclesClient } from "cycles-client";
import { API_KEY, TENANT } from "./responses.mjs";
import { guarded } from "./contenders.mjs";
import { runOnce } from "./rounds.mjs";

/** V8's default is 16. The young generation has two semi-spaces. */
export const SEMI_SPACE_MB = 64;

/**
 * Measures the guard without the journal, with different numbers of calls in flight.
 *
 * @param {string} url
 * @param {readonly number[]} levels
 * @param {{ rounds: number, runMs: number }} effort
 * @returns {Promise<Map<string, import("./rounds.mjs").Run[]>>} by the number of calls in flight
 */
export async function scaling(url, levels, { rounds, runMs }) {
  const options = { baseUrl: url, apiKey: API_KEY, subject: { tenant: TENANT } };
  const client = new CyclesClient({ ...options, journal: false });
  const pair = guarded(client);
  const runs = new Map(
    levels.map((level) => [String(level), /** @type {import("./rounds.mjs").Run[]} */ ([])]),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const inFlight of round % 2 === 0 ? levels : [...levels].reverse())
      runs.get(String(inFlight))?.push(await runOnce(pair, { inFlight, runMs }));
  }
  await client.close();
  return runs;
}
