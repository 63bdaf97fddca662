// Whether the ledger and the agent tell the same story, to the microcent.

/**
 * @param {import("cycles-client").components["schemas"]["Balance"]} balance
 * @param {readonly import("./agent.mjs").Outcome[]} outcomes
 */
export function checkBooks({ allocated, spent, reserved, remaining }, outcomes) {
  const held = (spent?.amount ?? 0) + (reserved?.amount ?? 0);
  const committed = outcomes.reduce((sum, { actual }) => sum + (actual?.amount ?? 0), 0);
  return {
    balanced: allocated?.amount === held + remaining.amount,
    agreed: (spent?.amount ?? 0) === committed,
    committed,
  };
}
