// Checks that the patterns of a contract take linear time, because validators run them on input of any length.
import { visitDocument } from "./contract.mjs";

/** One repeated character class. Almost all of our patterns have this form, which needs no analysis. */
const PLAIN = /^\^\[[\w-]+\](?:\{\d+(?:,\d*)?\}|[*+?])?\$$/;

/** How long the analysis of one pattern may take. */
const TIMEOUT_MS = 5_000;

/**
 * @returns {Promise<string[]>} warnings about patterns that can take quadratic time
 * @throws {Error} if a pattern is invalid, takes more than quadratic time, or could not be analysed
 */
export async function patternWarnings(contract, { timeoutMs = TIMEOUT_MS } = {}) {
  const warnings = [];
  for (const [pattern, place] of patternsIn(contract)) {
    if (PLAIN.test(pattern)) continue;
    const what = `The pattern ${shortened(pattern)} at ${place}`;
    const warning = await judge(pattern, what, timeoutMs);
    if (warning !== undefined) warnings.push(warning);
  }
  return warnings;
}

async function judge(pattern, what, timeoutMs) {
  const { status, complexity, error } = await analyse(pattern, what, timeoutMs);
  if (status === "safe") return undefined;
  if (status === "unknown")
    throw new Error(
      `${what} could not be analysed (${error.kind}), so it might take exponential time: write it in a simpler way`,
    );
  if (complexity.type === "exponential")
    throw new Error(
      `${what} can take exponential time: do not repeat a part that is itself repeated or optional`,
    );
  const { degree } = complexity;
  if (degree > 2)
    throw new Error(
      `${what} can take time that grows with the length to the power of ${degree}: let only one repetition match the same text`,
    );
  return `${what} can take time that grows with the square of the length: give the string a maxLength, or begin the pattern with ^`;
}

function shortened(pattern) {
  const text = JSON.stringify(pattern);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

async function analyse(pattern, what, timeoutMs) {
  try {
    new RegExp(pattern, "u");
  } catch {
    throw new Error(`${what} is not a regular expression`);
  }
  // This file of recheck is plain JavaScript. The main file would start native code or Java if it is installed.
  const { default: recheck } = await import("recheck/lib/browser.js");
  try {
    return recheck.checkSync(pattern, "u", { timeout: timeoutMs });
  } catch (error) {
    return { status: "unknown", error: { kind: error.message } };
  }
}

/** Each possible pattern of a schema in a document, with the first place that has it. */
function patternsIn(contract) {
  /** @type {Map<string, string>} */
  const found = new Map();
  const add = (pattern, place) => {
    if (!found.has(pattern)) found.set(pattern, place);
  };
  visitDocument(contract, ({ pattern, patternProperties }, place) => {
    if (typeof pattern === "string") add(pattern, place);
    if (typeof patternProperties === "object" && patternProperties !== null)
      for (const name of Object.keys(patternProperties)) add(name, place);
  });
  return found;
}
