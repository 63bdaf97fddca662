// What the demo prints: 80 columns, colour only on a terminal.
import { format } from "cycles-client";

/**
 * @typedef {import("cycles-client").Amount} Amount
 * @typedef {import("cycles-client").components["schemas"]["Balance"]} Balance
 */

const WIDTH = 80;
const colourful = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
const colours = { granted: 32, degraded: 33, refused: 31, hint: 36 };

/**
 * @param {keyof typeof colours} colour
 * @param {string} text
 */
function paint(colour, text) {
  return colourful ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
}

/** @param {string} text */
export function say(text = "") {
  console.log(text);
}

export function sayHeader() {
  say(
    `${"part".padEnd(22)} ${"estimate".padStart(12)} decision ${"actual".padStart(12)}  budget used`,
  );
}

/**
 * @param {import("./agent.mjs").Outcome} outcome
 * @param {Balance} balance
 */
export function sayOutcome({ part, decision, estimate, actual }, balance) {
  const columns = [
    fit(part.title, 22),
    format(estimate).padStart(12),
    paint(decision, decision.padEnd(8)),
    (actual ? format(actual) : "-").padStart(12),
    ` ${bar(balance, 18)}`,
  ];
  say(columns.join(" "));
}

/**
 * Words on lines of at most 80 columns, indented by two.
 * @param {string} text
 */
export function sayWrapped(text) {
  let line = " ";
  for (const word of text.split(" ").flatMap((long) => long.match(/.{1,76}/gu) ?? [])) {
    if (line.length + 1 + word.length > WIDTH) {
      say(paint("hint", line));
      line = " ";
    }
    line += ` ${word}`;
  }
  say(paint("hint", line));
}

/** @param {readonly Balance[]} balances */
export function sayLedger(balances) {
  const names = /** @type {const} */ (["allocated", "spent", "reserved", "remaining"]);
  say(`${"scope".padEnd(24)}${names.map((name) => name.padStart(14)).join("")}`);
  for (const balance of balances) {
    const cells = names.map((name) => cell(balance[name]).padStart(14));
    say(`${fit(balance.scope_path, 24)}${cells.join("")}`);
  }
}

/** @param {Amount | undefined} amount */
function cell(amount) {
  return amount === undefined ? "-" : format(amount);
}

/**
 * How much of a budget is spent or held.
 * @param {Balance} balance
 * @param {number} width
 */
function bar({ allocated, remaining }, width) {
  const used = allocated?.amount ? 1 - remaining.amount / allocated.amount : 1;
  const filled = Math.round(Math.min(1, Math.max(0, used)) * width);
  return `[${"#".repeat(filled)}${".".repeat(width - filled)}]`;
}

/**
 * @param {string} text
 * @param {number} width
 */
function fit(text, width) {
  const characters = [...text.replace(/[^\x20-\x7e]/g, "?")];
  const shown = characters.length > width ? `${characters.slice(0, width - 2).join("")}..` : text;
  return shown.replace(/[^\x20-\x7e]/g, "?").padEnd(width);
}
