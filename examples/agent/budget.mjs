import { CyclesClient, microcents, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { ask, outputLimit } from "./agent.mjs";
import { models, openModels } from "./models.mjs";
import { summarise } from "./summarise.mjs";

/** @import { Allowance } from "cycles-client" */
/** @import { Models } from "./models.mjs" */
/** @import { Part } from "./split.mjs" */
/** @typedef {{ readonly estimate: number, readonly actual: number }} Cost in microcents */

/**
 * Chooses an allowance that is too small for the text. It is a share of what the whole text would
 * cost with the expensive model: the share nearest to one half that shows as many kinds of decision
 * as possible. The stand-in for the models always writes the same text, so a rehearsal with enough
 * budget shows what each call costs.
 * @param {readonly Part[]} parts
 */
export async function tooSmallFor(parts) {
  const costs = await rehearse(parts);
  const whole = costs.reduce((sum, { expensive }) => sum + expensive.estimate, 0);
  let best = { share: 0, kinds: 0 };
  for (const share of sharesAroundHalf()) {
    const kinds = decisionsWithin(portion(whole, share), costs).size;
    if (kinds > best.kinds) best = { share, kinds };
    if (kinds === 3) break;
  }
  return {
    whole: microcents(whole),
    budget: microcents(portion(whole, best.share)),
  };
}

/**
 * Makes every call once with each model, against an authority with enough budget.
 * @param {readonly Part[]} parts
 */
async function rehearse(parts) {
  const enough = usd("1000000");
  const authority = new EmbeddedCycles({ budgets: { "tenant:rehearsal": enough } });
  const cycles = new CyclesClient(authority.clientOptions("rehearsal"));
  const opened = await openModels(cycles);
  try {
    const action = { kind: "agent.run", name: "rehearsal" };
    return await cycles.allowance({ action, estimate: enough }, async (allowance) => {
      /** @type {{ expensive: Cost, cheap: Cost }[]} */
      const costs = [];
      for (const part of parts) {
        const expensive = await costOf(opened, allowance, models.expensive, part);
        costs.push({ expensive, cheap: await costOf(opened, allowance, models.cheap, part) });
      }
      return costs;
    });
  } finally {
    opened.close();
    await cycles.close();
  }
}

/**
 * @param {Models} opened
 * @param {Allowance} allowance
 * @param {string} model
 * @param {Part} part
 * @returns {Promise<Cost>}
 */
async function costOf(opened, allowance, model, part) {
  const before = allowance.spent.amount;
  opened.say(summarise(part.text, outputLimit(part)));
  await ask(opened.openai, model, part);
  return { estimate: opened.lastEstimate.amount, actual: allowance.spent.amount - before };
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
 * Returns the kinds of decision that an allowance leads to.
 * @param {number} budget
 * @param {readonly { readonly expensive: Cost, readonly cheap: Cost }[]} costs
 */
function decisionsWithin(budget, costs) {
  const kinds = new Set();
  let remaining = budget;
  for (const { expensive, cheap } of costs) {
    const degrades = expensive.estimate > remaining;
    if (degrades && cheap.estimate > remaining) return kinds.add("refused");
    remaining -= degrades ? cheap.actual : expensive.actual;
    kinds.add(degrades ? "degraded" : "granted");
  }
  return kinds;
}
