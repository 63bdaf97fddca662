import { basename } from "node:path";
import { format } from "cycles-client";
import { summariseAll } from "./agent.mjs";
import { connect } from "./authority.mjs";
import { audit, readBook } from "./books.mjs";
import { tooSmallFor } from "./budget.mjs";
import { paint, wrap } from "./layout.mjs";
import { models } from "./models.mjs";
import { ledger, stepHeader, stepLine, verdict, wrongUnit } from "./report.mjs";
import { split } from "./split.mjs";
import { countTokens } from "./tokens.mjs";
import { reserveInWrongUnit } from "./wrong-unit.mjs";

/** @import { Amount, CyclesClient } from "cycles-client" */
/** @import { Step } from "./agent.mjs" */
/** @import { Part } from "./split.mjs" */

/**
 * Writes the whole demo to standard output. Resolves to whether the books balance.
 * @param {string} file
 * @param {string} text
 */
export async function demonstrate(file, text) {
  const parts = split(text);
  const plan = tooSmallFor(parts);
  const { client, tenant, isEmbedded, close } = await connect(plan.budget);
  try {
    const before = await readBook(client, tenant);
    title(`${basename(file)}, summarised under a budget`);
    say(introduction(parts, plan, isEmbedded));
    const actuals = await summarise(client, tenant, parts);

    title("A reservation in the wrong unit");
    const error = await reserveInWrongUnit(client);
    console.log(error ? wrongUnit(error) : "  This tenant has a budget in TOKENS as well.");

    await client.flush();
    const after = await readBook(client, tenant);
    const sum = actuals.reduce((total, { amount }) => total + amount, 0);
    const found = audit(before, after, sum);
    title("The ledger");
    console.log(ledger(after));
    console.log(`\n${verdict(before, after, actuals, found)}`);
    return found.isWhole && found.isOurs;
  } finally {
    await close();
  }
}

/**
 * @param {readonly Part[]} parts
 * @param {ReturnType<typeof tooSmallFor>} plan
 * @param {boolean} isEmbedded
 */
function introduction(parts, { whole, budget, percent }, isEmbedded) {
  const { expensive, cheap } = models;
  const count = parts.reduce((total, part) => total + countTokens(part.text), 0);
  const given = isEmbedded
    ? `The tenant gets ${format(budget)}, ${percent} % of that, which is too little on purpose.`
    : "The server sets the tenant's budget.";
  return (
    `${count.toLocaleString("en-US")} tokens in ${counted(parts.length)}. With ${expensive.name}, the whole text would ` +
    `cost up to ${format(whole)}. ${given} If ${expensive.name} is refused, the agent degrades to ${cheap.name}. If that ` +
    `is refused too, the agent stops. A local function stands in for the models.`
  );
}

/**
 * Resolves to the amounts that were committed.
 * @param {CyclesClient} client
 * @param {string} tenant
 * @param {readonly Part[]} parts
 */
async function summarise(client, tenant, parts) {
  /** @type {Amount[]} */
  const actuals = [];
  let tried = 0;
  let first = "";
  console.log(`\n${stepHeader()}`);
  for await (const step of summariseAll(client, parts)) {
    console.log(stepLine(step, await readBook(client, tenant)));
    tried += 1;
    if (step.decision === "refused") {
      say(farewell(step, parts.length - tried));
    } else {
      actuals.push(step.actual);
      first ||= step.summary;
    }
  }
  if (first !== "") say(`The first summary: ${first}`);
  return actuals;
}

/**
 * @param {Extract<Step, { decision: "refused" }>} step
 * @param {number} untried
 */
function farewell({ model, denial }, untried) {
  const rest = untried > 0 ? ` Not tried: ${counted(untried)}.` : "";
  return `The budget does not allow even ${model.name} (${denial.code}), so the agent stops here.${rest}`;
}

/** @param {number} parts */
function counted(parts) {
  return parts === 1 ? "1 part" : `${parts} parts`;
}

/** @param {string} text */
function title(text) {
  console.log(`\n${paint("bold", wrap(text))}`);
}

/** @param {string} text */
function say(text) {
  console.log(`\n${wrap(text)}`);
}
