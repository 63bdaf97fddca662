// Calls the best model while the budget allows it, then a cheaper one, then a cache.
import { CyclesClient, format, perMillion, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { cheapest } from "./degrade.mjs";

const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("0.04") } });
const cycles = new CyclesClient(authority.clientOptions("acme"));

const models = [
  { name: "large", estimate: usd("0.02"), pricePerMillion: "10.00" },
  { name: "small", estimate: usd("0.002"), pricePerMillion: "0.60" },
];
const cache = () => ({ model: "cache", text: "the reply from yesterday" });

for (let question = 1; question <= 12; question += 1) {
  const answer = await cheapest(cycles, models, callModel, cache);
  console.log(`question ${question}: ${answer.model}`);
}
const [{ spent, remaining }] = authority.balances();
console.log(`${format(spent)} spent, ${format(remaining)} left`);
await cycles.close();

/** Stands in for the provider: every reply has 1,500 tokens. */
async function callModel({ name, pricePerMillion }, guard) {
  guard.setActual(perMillion(pricePerMillion, 1_500));
  return { model: name, text: "…" };
}
