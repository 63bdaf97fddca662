import { Random } from "../campaign/random.mjs";
import { median, percentile } from "./figures.mjs";

/**
 * What one contender did in one round.
 * @typedef {{ rate: number, cpu: number, p50: number, p99: number }} Run
 */

/**
 * Every contender in every round, in an order of the round's own, so that what the machine does meanwhile meets them all.
 *
 * @param {readonly import("./contenders.mjs").Contender[]} contenders
 * @param {{ inFlight: number, pairs: number, rounds: number, warmUp: number, collect: () => void }} plan
 * @returns {Promise<Map<string, Run[]>>}
 */
export async function inRounds(contenders, { inFlight, pairs, rounds, warmUp, collect }) {
  const random = new Random(inFlight);
  const runs = new Map(contenders.map(({ name }) => [name, /** @type {Run[]} */ ([])]));
  for (const { pair } of contenders) await runOnce(pair, { inFlight, pairs: warmUp });
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, pair } of shuffled(contenders, random)) {
      collect();
      runs.get(name)?.push(await runOnce(pair, { inFlight, pairs }));
    }
  }
  return runs;
}

/**
 * @param {() => Promise<unknown>} pair
 * @param {{ inFlight: number, pairs: number }} plan
 * @returns {Promise<Run>} pairs per second, µs of this process's CPU for a pair, and milliseconds that a pair took
 */
export async function runOnce(pair, { inFlight, pairs }) {
  const took = new Float64Array(pairs);
  let begun = 0;
  const work = async () => {
    while (begun < pairs) {
      const mine = (begun += 1) - 1;
      const from = performance.now();
      await pair();
      took[mine] = performance.now() - from;
    }
  };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  took.sort();
  return {
    rate: pairs / seconds,
    cpu: (user + system) / pairs,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
  };
}

/**
 * The median, over the rounds, of one contender's figure in terms of another's of the same round.
 *
 * @param {Map<string, Run[]>} runs
 * @param {string} name
 * @param {string} base
 * @param {keyof Run} [figure]
 */
export function ratio(runs, name, base, figure = "rate") {
  const of = runs.get(name) ?? [];
  const to = runs.get(base) ?? [];
  return median(of.map((run, round) => run[figure] / to[round][figure]));
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
