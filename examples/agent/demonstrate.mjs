import { basename } from "node:path";
import { format, microcents } from "cycles-client";
import { outputLimit, summarisePart } from "./agent.mjs";
import { connect } from "./authority.mjs";
import { audit, readBook } from "./books.mjs";
import { tooSmallFor } from "./budget.mjs";
import { paint, wrap } from "./layout.mjs";
import { models, openModels } from "./models.mjs";
import { ledger, stepHeader, stepLine, verdict, wrongUnit } from "./report.mjs";
import { split } from "./split.mjs";
import { summarise } from "./summarise.mjs";
import { countTokens } from "./tokens.mjs";
import { reserveInWrongUnit } from "./wrong-unit.mjs";

/** @import { Allowance, Amount } from "cycles-client" */
/** @import { Models } from "./models.mjs" */
/** @import { Step } from "./agent.mjs" */
/** @import { Part } from "./split.mjs" */

/**
 * Writes the whole demo to standard output. Resolves to whether the books balance.
 * @param {string} file
 * @param {string} text
 */
export async function demonstrate(file, text) {
  const parts = split(text);
  const plan = await tooSmallFor(parts);
  const { client, tenant, close } = await connect(plan.whole);
  const opened = await openModels(client);
  try {
    const before = await readBook(client, tenant);
    title(`${basename(file)}, summarised under a budget`);
    // The budget of a real server may be smaller.
    const estimate = microcents(Math.min(plan.budget.amount, before.remaining));
    say(introduction(parts, plan.whole, estimate));
    const action = { kind: "agent.run", name: "summarise" };
    const actuals = await client.allowance({ action, estimate }, (allowance) =>
      summariseAll(opened, allowance, parts),
    );

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
    opened.close();
    await close();
  }
}

/**
 * @param {readonly Part[]} parts
 * @param {Amount} whole
 * @param {Amount} allowed
 */
function introduction(parts, whole, allowed) {
  const { expensive, cheap } = models;
  const count = parts.reduce((total, part) => total + countTokens(part.text), 0);
  return (
    `${count.toLocaleString("en-US")} tokens in ${counted(parts.length)}. With ${expensive}, the whole text would ` +
    `cost up to ${format(whole)}. The agent gets an allowance of ${format(allowed)}, which is too little on purpose. If ${expensive} is refused, the agent degrades to ${cheap}. If that is refused too, the agent ` +
    "stops. A local server stands in for the provider of the models."
  );
}

/**
 * Summarises one part after another until the cheap model is refused too. Resolves to what each call
 * cost.
 * @param {Models} opened
 * @param {Allowance} allowance
 * @param {readonly Part[]} parts
 */
async function summariseAll(opened, allowance, parts) {
  /** @type {Amount[]} */
  const actuals = [];
  let first = "";
  console.log(`\n${stepHeader()}`);
  for (const [tried, part] of parts.entries()) {
    const before = allowance.spent.amount;
    opened.say(summarise(part.text, outputLimit(part)));
    const step = await summarisePart(opened.openai, part);
    const actual = { ...allowance.spent, amount: allowance.spent.amount - before };
    console.log(stepLine(step, opened.lastEstimate, actual, allowance));
    if (step.decision === "refused") {
      say(farewell(step, parts.length - tried - 1));
      break;
    }
    actuals.push(actual);
    first ||= step.summary;
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
  return `The allowance does not cover even ${model} (${denial.code}), so the agent stops here.${rest}`;
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
