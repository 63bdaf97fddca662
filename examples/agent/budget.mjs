import { microcents } from "cycles-client";
import { complete, estimate, outputLimit } from "./complete.mjs";
import { models, price } from "./models.mjs";

/** @import { Part } from "./split.mjs" */
/** @typedef {{ readonly estimate: number, readonly actual: number }} Cost in microcents */

/**
 * A budget too small for the text: a share of what all of it would cost with the dear model, near the half, with
 * which as many kinds of decision occur as the text allows. The stand-in for the model always answers the same,
 * so this can be tried beforehand; a real budget is simply given.
 * @param {readonly Part[]} parts
 */
export function tooSmallFor(parts) {
  const costs = parts.map(costsOf);
  const whole = costs.reduce((sum, { dear }) => sum + dear.estimate, 0);
  let best = { share: 0, kinds: 0 };
  for (const share of sharesAroundHalf()) {
    const kinds = rehearse(costs, portion(whole, share)).size;
    if (kinds > best.kinds) best = { share, kinds };
    if (kinds === 3) break;
  }
  return {
    whole: microcents(whole),
    budget: microcents(portion(whole, best.share)),
    percent: best.share / 10,
  };
}

/** @param {Part} part */
function costsOf(part) {
  const { usage } = complete(part, outputLimit(part));
  const costOf = (/** @type {import("./models.mjs").Model} */ model) => ({
    estimate: estimate(model, part).amount,
    actual: price(model, usage.input, usage.output).amount,
  });
  return { dear: costOf(models.dear), cheap: costOf(models.cheap) };
}

/** In thousandths, nearest to the half first: 500, 499, 501, … */
function* sharesAroundHalf() {
  yield 500;
  for (let away = 1; away < 500; away += 1) yield* [500 - away, 500 + away];
}

/**
 * @param {number} whole
 * @param {number} share
 */
function portion(whole, share) {
  return Math.floor((whole * share) / 1000);
}

/**
 * The kinds of decision that a budget leads to.
 * @param {readonly { readonly dear: Cost, readonly cheap: Cost }[]} costs
 * @param {number} budget
 */
function rehearse(costs, budget) {
  const kinds = new Set();
  let remaining = budget;
  for (const { dear, cheap } of costs) {
    if (cheap.estimate > remaining) return kinds.add("refused");
    const degrades = dear.estimate > remaining;
    remaining -= degrades ? cheap.actual : dear.actual;
    kinds.add(degrades ? "degraded" : "granted");
  }
  return kinds;
}
