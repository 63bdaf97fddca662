import { microcents } from "cycles-client";
import { complete, estimate, outputLimit } from "./complete.mjs";
import { models, price } from "./models.mjs";

/** @import { Part } from "./split.mjs" */
/** @typedef {{ readonly estimate: number, readonly actual: number }} Cost in microcents */

/**
 * Chooses a budget that is too small for the text. It is a share of what the whole text would cost
 * with the expensive model: the share nearest to one half that shows as many kinds of decision as
 * possible. The stand-in for the model always returns the same text, so the decisions can be
 * computed in advance.
 * @param {readonly Part[]} parts
 */
export function tooSmallFor(parts) {
  const costs = parts.map(costsOf);
  const whole = costs.reduce((sum, { expensive }) => sum + expensive.estimate, 0);
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
  return { expensive: costOf(models.expensive), cheap: costOf(models.cheap) };
}

/** Shares in thousandths, nearest to one half first: 500, 499, 501, … */
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
 * Returns the kinds of decision that a budget leads to.
 * @param {readonly { readonly expensive: Cost, readonly cheap: Cost }[]} costs
 * @param {number} budget
 */
function rehearse(costs, budget) {
  const kinds = new Set();
  let remaining = budget;
  for (const { expensive, cheap } of costs) {
    if (cheap.estimate > remaining) return kinds.add("refused");
    const degrades = expensive.estimate > remaining;
    remaining -= degrades ? cheap.actual : expensive.actual;
    kinds.add(degrades ? "degraded" : "granted");
  }
  return kinds;
}
