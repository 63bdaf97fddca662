import { Random } from "../../test/campaigns/support/random.mjs";
import { median, percentile } from "./figures.mjs";

/**
 * What one contender did in one round.
 * @typedef {{ rate: number, cpu: number, p50: number, p99: number }} Run
 */

/** How long a run goes on before it is measured: long enough that what ran before it is over. */
const RAMP_MS = 50;
const WARM_UP_MS = 500;

/**
 * Every contender in every round, in an order of the round's own, so that what the machine does meanwhile meets them
 * all. Nothing is collected between: a full collection throws away compiled code, and with it what was warmed up.
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
 * @param {() => Promise<unknown>} pair
 * @param {{ inFlight: number, runMs: number }} plan
 * @returns {Promise<Run>} pairs per second, µs of this process's CPU for a pair, and milliseconds that a pair took
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
 * Begins pairs for so long, so many at a time, and waits for the last.
 * @returns {Promise<number[]>} how many milliseconds each took
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
