#!/usr/bin/env node
// A budgeted agent reads a text: node examples/agent/main.mjs [file]
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CyclesClient, format, isCyclesError, microcents, tokens } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { budgetFor, summariseAll } from "./agent.mjs";
import { checkBooks } from "./books.mjs";
import { say, sayHeader, sayLedger, sayOutcome, sayWrapped } from "./report.mjs";
import { readText, splitParts, UnreadableText } from "./text.mjs";

const TENANT = "demo";
const readme = join(dirname(fileURLToPath(import.meta.url)), "../../README.md");

try {
  process.exitCode = await main(process.argv[2] ?? readme);
} catch (error) {
  if (!(error instanceof UnreadableText)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/**
 * @param {string} file
 * @returns {Promise<number>} the exit code
 */
async function main(file) {
  const parts = splitParts(await readText(file));
  const authority = new EmbeddedCycles({ budgets: { [`tenant:${TENANT}`]: budgetFor(parts) } });
  try {
    const server = await authority.listen();
    const cycles = new CyclesClient({ ...server.clientOptions(TENANT), logLevel: "error" });
    const booksAgree = await demonstrate(cycles, parts);
    await cycles.close();
    return booksAgree ? 0 : 1;
  } finally {
    await authority.close();
  }
}

/**
 * @param {CyclesClient} cycles
 * @param {readonly import("./text.mjs").Part[]} parts
 */
async function demonstrate(cycles, parts) {
  say(`${parts.length} parts, and a budget of ${format(budgetFor(parts))}: 40 % of what`);
  say("the large model would want. When it is refused, the small one takes over.");
  say();
  sayHeader();
  const outcomes = await summariseAll(cycles, parts, async (outcome) => {
    sayOutcome(outcome, await balanceOf(cycles));
  });
  if (outcomes.at(-1)?.decision === "refused") {
    const left = parts.length - outcomes.length;
    say();
    say(`The budget is used up, also for the small model: stopping here, ${left} parts unread.`);
  }
  await sayWrongUnit(cycles);
  return sayBooks(await balanceOf(cycles), outcomes);
}

/**
 * A budget in dollars does not answer for tokens: the error says so.
 * @param {CyclesClient} cycles
 */
async function sayWrongUnit(cycles) {
  say();
  say("And a reservation in the wrong unit:");
  try {
    await cycles.reserve({
      action: { kind: "llm.completion", name: "large" },
      estimate: tokens(500),
    });
  } catch (error) {
    if (!isCyclesError(error, "UNIT_MISMATCH")) throw error;
    // The id of the request is new at each run.
    sayWrapped(error.message.replace(/, request [^)]+/, ""));
  }
}

/**
 * @param {import("cycles-client").components["schemas"]["Balance"]} balance
 * @param {readonly import("./agent.mjs").Outcome[]} outcomes
 */
function sayBooks(balance, outcomes) {
  const { balanced, agreed, committed } = checkBooks(balance, outcomes);
  say();
  sayLedger([balance]);
  say();
  say(`allocated = spent + reserved + remaining: ${balanced ? "yes" : "NO"}`);
  say(
    `spent = the sum of the actuals (${format(microcents(committed))}): ${agreed ? "yes" : "NO"}`,
  );
  say(balanced && agreed ? "The books balance, to the microcent." : "The books do NOT balance.");
  return balanced && agreed;
}

/** @param {CyclesClient} cycles */
async function balanceOf(cycles) {
  const { balances } = await cycles.getBalances({ tenant: TENANT });
  const [balance] = balances;
  if (!balance) throw new Error(`tenant ${TENANT} has no budget`);
  return balance;
}
