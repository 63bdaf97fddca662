import { CyclesClient } from "cycles-client";
import { API_KEY, TENANT } from "./responses.mjs";
import { guarded } from "./contenders.mjs";
import { runOnce } from "./rounds.mjs";

const LEVELS = [1, 4, 16, 32, 64, 256, 1_024];

/**
 * Measures the guard with increasing numbers of calls in flight.
 *
 * @param {string} url
 * @param {{ rounds: number, runMs: number }} effort
 * @returns {Promise<Map<string, import("./rounds.mjs").Run[]>>} by the number of calls in flight
 */
export async function scaling(url, { rounds, runMs }) {
  const options = { baseUrl: url, apiKey: API_KEY, subject: { tenant: TENANT } };
  const client = new CyclesClient({ ...options, journal: false });
  const pair = guarded(client);
  const runs = new Map(
    LEVELS.map((level) => [String(level), /** @type {import("./rounds.mjs").Run[]} */ ([])]),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const inFlight of round % 2 === 0 ? LEVELS : [...LEVELS].reverse())
      runs.get(String(inFlight))?.push(await runOnce(pair, { inFlight, runMs }));
  }
  await client.close();
  return runs;
}
