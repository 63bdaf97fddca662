import { Random } from "../../test/campaigns/support/random.mjs";
import { median, percentile } from "./figures.mjs";

/**
 * The figures of one contender in one round: pairs per second, CPU µs of this process per pair, and milliseconds per
 * pair.
 * @typedef {{ rate: number, cpu: number, p50: number, p99: number }} Run
 */

/** How long a run goes on before it is measured, so that work of the run before it has finished. */
const RAMP_MS = 50;
const WARM_UP_MS = 500;

/**
 * Runs every contender in every round, in a random order for each round, so that other load on the machine affects all
 * contenders. It does not force a garbage collection between runs: a full collection discards compiled code, and so
 * undoes the warm-up.
 *
 * @param {readonly import("./contenders.mjs").Contender[]} contenders
 * @param {{ inFlight: number, runMs: number, rounds: number }} plan
 * @returns {Promise<Map<string, Run[]>>}
 */
export async function inRounds(contenders, { inFlight, runMs, rounds }) {
  const random = new Random(inFlight);
  const runs = new Map(contenders.map(({ name }) => [name, /** @type {Run[]} */ ([])]));
  for (const { pair } of contenders) await keepBusy(pair, inFlight, WARM_UP_MS);
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, pair } of shuffled(contenders, random))
      runs.get(name)?.push(await runOnce(pair, { inFlight, runMs }));
  }
  return runs;
}

/**
 * Measures one run.
 * @param {() => Promise<unknown>} pair
 * @param {{ inFlight: number, runMs: number }} plan
 * @returns {Promise<Run>}
 */
export async function runOnce(pair, { inFlight, runMs }) {
  await keepBusy(pair, inFlight, RAMP_MS);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const took = await keepBusy(pair, inFlight, runMs);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const sorted = Float64Array.from(took).sort();
  return {
    rate: took.length / seconds,
    cpu: (user + system) / took.length,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
  };
}

/**
 * Starts pairs for `forMs` milliseconds, with `inFlight` at a time, and waits for all of them.
 * @returns {Promise<number[]>} the milliseconds that each pair took
 */
async function keepBusy(pair, inFlight, forMs) {
  const took = [];
  const until = performance.now() + forMs;
  const work = async () => {
    for (let from = performance.now(); from < until;) {
      await pair();
      const now = performance.now();
      took.push(now - from);
      from = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return took;
}

/**
 * Divides one contender's figure by another's in each round, and returns the median of these ratios.
 *
 * @param {Map<string, Run[]>} runs
 * @param {string} name
 * @param {string} base
 * @param {keyof Run} [figure]
 */
export function ratio(runs, name, base, figure = "rate") {
  return median(ratios(runs, name, base, figure));
}

/**
 * Returns the limits between which the middle half of the ratios of all rounds lies.
 *
 * @param {Map<string, Run[]>} runs
 * @param {string} name
 * @param {string} base
 * @returns {[number, number]}
 */
export function middleHalf(runs, name, base) {
  const sorted = ratios(runs, name, base, "rate").sort((one, other) => one - other);
  return [percentile(sorted, 0.25), percentile(sorted, 0.75)];
}

function ratios(runs, name, base, figure) {
  const of = runs.get(name) ?? [];
  const to = runs.get(base) ?? [];
  return of.map((run, round) => run[figure] / to[round][figure]);
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {Random} random
 */
function shuffled(items, random) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.integer(0, last);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
