import { format, microcents } from "cycles-client";
import { bar, fit, paint, wrap } from "./layout.mjs";

/** @import { Allowance, Amount, BudgetNotFoundError, UnitMismatchError } from "cycles-client" */
/** @import { Step } from "./agent.mjs" */
/** @import { audit, Book } from "./books.mjs" */

const colours = /** @type {const} */ ({ granted: "green", degraded: "yellow", refused: "red" });

export function stepHeader() {
  return paint("dim", row("spent", "part", "model", "estimate", "decision", "actual"));
}

/**
 * Shows one part on one line, with the allowance after it.
 * @param {Step} step
 * @param {Amount} estimate
 * @param {Amount} actual
 * @param {Allowance} allowance
 */
export function stepLine(step, estimate, actual, { spent, remaining }) {
  const line = row(
    bar(spent.amount, spent.amount + remaining.amount),
    step.part.heading,
    step.model,
    format(estimate),
    step.decision,
    step.decision === "refused" ? "-" : format(actual),
  );
  return line.replace(/(granted|degraded|refused)(?=\s+\S+$)/, (decision) =>
    paint(colours[step.decision], decision),
  );
}

/**
 * Shows the error of a reservation in the wrong unit, with its hint.
 * @param {UnitMismatchError | BudgetNotFoundError} error
 */
export function wrongUnit(error) {
  const { hint } = error;
  const parts = [
    `asked for ${hint?.requestedUnit ?? "an unknown unit"}`,
    ...(hint?.scope === undefined ? [] : [`at ${hint.scope}`]),
    ...(hint?.expectedUnits === undefined ? [] : [`kept in ${hint.expectedUnits.join(", ")}`]),
  ];
  return [
    `  ${paint("red", error.name)} (${error.code})`,
    wrap(error.message, "  "),
    wrap(`hint: ${parts.join(", ")}`, "  "),
  ].join("\n");
}

/** @param {Book} book */
export function ledger({ scope, ...amounts }) {
  const names = /** @type {const} */ (["allocated", "spent", "reserved", "remaining"]);
  const cells = names.map((name) => dollars(amounts[name]));
  return [
    paint("dim", [fit("scope", 18), ...names.map((name) => fit(name, 13))].join("  ").trimEnd()),
    [fit(scope, 18), ...cells.map((cell) => fit(cell, 13))].join("  ").trimEnd(),
  ].join("\n");
}

/**
 * @param {Book} before
 * @param {Book} after
 * @param {readonly Amount[]} actuals
 * @param {ReturnType<typeof audit>} found
 */
export function verdict(before, after, actuals, { isWhole, isOurs }) {
  const { allocated, spent, reserved, debt, remaining } = after;
  const sum = actuals.reduce((total, { amount }) => total + amount, 0);
  const balanced = isWhole && isOurs;
  return [
    `${sign(isWhole)} allocated = spent + reserved + remaining${debt === 0 ? "" : " + debt"}`,
    wrap(
      `${dollars(allocated)} = ${[spent, reserved, remaining, ...(debt === 0 ? [] : [debt])].map(dollars).join(" + ")}`,
      "     ",
    ),
    `${sign(isOurs)} spent = sum of ${actuals.length} actuals${before.spent === 0 ? "" : " + spent before"}`,
    wrap(
      `${dollars(spent)} = ${[sum, ...(before.spent === 0 ? [] : [before.spent])].map(dollars).join(" + ")}`,
      "     ",
    ),
    balanced ? paint("green", "The books balance.") : paint("red", "The books do NOT balance."),
  ].join("\n");
}

/**
 * @param {string} spent
 * @param {string} part
 * @param {string} model
 * @param {string} estimate
 * @param {string} decision
 * @param {string} actual
 */
function row(spent, part, model, estimate, decision, actual) {
  const cells = [fit(spent, 10), fit(part, 20), fit(model, 12), fit(estimate, 10)];
  return [...cells, fit(decision, 8), fit(actual, 10)].join("  ").trimEnd();
}

/** @param {boolean} holds */
function sign(holds) {
  return holds ? "[ok]" : "[NO]";
}

/** @param {number} amount */
function dollars(amount) {
  return amount < 0 ? `-${format(microcents(-amount))}` : format(microcents(amount));
}
