import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CyclesClient } from "cycles-client";
import { Pool } from "undici";
import { check, CONNECTIONS, guarded } from "./contenders.mjs";
import { median } from "./figures.mjs";
import { floor } from "./floors.mjs";
import { API_KEY, TENANT } from "./responses.mjs";
import { inRounds } from "./rounds.mjs";

/**
 * Measures the guard of this clone and the guard of another built clone in one process, without and with the journal.
 * Both clones bring their own undici.
 *
 * @param {string} url
 * @param {string} clone the root of the other clone
 * @param {{ rounds: number, runMs: number }} effort
 */
export async function against(url, clone, effort) {
  const entry = join(resolve(clone), "dist/src/index.js");
  if (!existsSync(entry)) throw new Error(`${entry} does not exist: build that clone first`);
  const there = await import(pathToFileURL(entry).href);
  const folder = mkdtempSync(join(tmpdir(), "cycles-bench-"));
  const options = { baseUrl: url, apiKey: API_KEY, subject: { tenant: TENANT } };
  const clients = [
    new CyclesClient({ ...options, journal: false }),
    new there.CyclesClient({ ...options, journal: false }),
    new CyclesClient({ ...options, journalDir: join(folder, "here") }),
    new there.CyclesClient({ ...options, journalDir: join(folder, "there") }),
  ];
  const pools = [0, 1].map(() => new Pool(url, { connections: CONNECTIONS }));
  const contenders = [
    { name: "floor", pair: floor(pools[0]) },
    { name: "floor again", pair: floor(pools[1]) },
    { name: "guard", pair: guarded(clients[0]) },
    { name: "guard there", pair: guarded(clients[1]) },
    { name: "guard + journal", pair: guarded(clients[2]) },
    { name: "guard + journal there", pair: guarded(clients[3]) },
  ];
  await check(contenders);
  const levels = [];
  for (const inFlight of [1, 32])
    levels.push({ inFlight, runs: await inRounds(contenders, { inFlight, ...effort }) });
  await Promise.all([...clients, ...pools].map((each) => each.close()));
  rmSync(folder, { recursive: true });
  const [one, many] = levels.map(({ runs }) => runs);
  return {
    levels,
    ratios: {
      guard_32_change: change(many, "guard", "guard there"),
      guard_1_change: change(one, "guard", "guard there"),
      journal_32_change: change(many, "guard + journal", "guard + journal there"),
      journal_1_change: change(one, "guard + journal", "guard + journal there"),
    },
  };
}

/**
 * Returns by how much one contender's share of the floor is greater than another's: the median of the differences in
 * each round.
 *
 * @param {Map<string, import("./rounds.mjs").Run[]>} runs
 * @param {string} name
 * @param {string} other
 */
export function change(runs, name, other) {
  const floors = runs.get("floor") ?? [];
  const rates = (of) => (runs.get(of) ?? []).map(({ rate }, round) => rate / floors[round].rate);
  const others = rates(other);
  return median(rates(name).map((share, round) => share - others[round]));
}
