import { CyclesClient } from "cycles-client";
import { API_KEY, TENANT } from "./answers.mjs";
import { guarded } from "./contenders.mjs";
import { runOnce } from "./rounds.mjs";

const LEVELS = [1, 4, 16, 32, 64, 256, 1_024];
const PAIRS = 4_000;

/**
 * The guard at more and more calls in flight, again in rounds.
 *
 * @param {string} url
 * @param {{ rounds: number, share: number }} effort
 * @param {() => void} collect
 * @returns {Promise<Map<string, import("./rounds.mjs").Run[]>>} by how many were in flight
 */
export async function scaling(url, { rounds, share }, collect) {
  const options = { baseUrl: url, apiKey: API_KEY, subject: { tenant: TENANT } };
  const client = new CyclesClient({ ...options, journal: false });
  const pair = guarded(client);
  await runOnce(pair, { inFlight: 1_024, pairs: PAIRS });
  const runs = new Map(
    LEVELS.map((level) => [String(level), /** @type {import("./rounds.mjs").Run[]} */ ([])]),
  );
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? LEVELS : [...LEVELS].reverse();
    for (const inFlight of order) {
      collect();
      const pairs = Math.ceil(PAIRS * share);
      runs.get(String(inFlight))?.push(await runOnce(pair, { inFlight, pairs }));
    }
  }
  await client.close();
  return runs;
}
