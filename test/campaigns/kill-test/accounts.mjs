/**
 * Checks the ledger of a kill test: it must contain every known spend once, with its amount, and no other spend.
 *
 * A spend is known if `commit` returned before the kill. If not, it is known if its record is in the journal or its
 * commit reached the ledger. If the process called `commit` but died before it wrote the record, the spend is not
 * known.
 */
export function account({ known, notYetKnown, ledger, left }) {
  const problems = [];
  const accepted = byReservation(ledger.accepted);
  let knownSum = 0;
  for (const [reservationId, amount] of known) {
    knownSum += amount;
    const found = accepted.get(reservationId) ?? [];
    if (found.length !== 1 || found[0].actual !== amount)
      problems.push(`${reservationId}: ${amount} known, ledger ${JSON.stringify(found)}`);
  }
  for (const reservationId of accepted.keys())
    if (!known.has(reservationId))
      problems.push(`${reservationId}: recorded, although it was not known`);
  for (const reservationId of notYetKnown)
    if (accepted.has(reservationId))
      problems.push(`${reservationId}: recorded, although it was not known when its process died`);
  if (ledger.spent !== knownSum)
    problems.push(`the ledger contains ${ledger.spent} tokens, but ${knownSum} are known`);
  if (ledger.reserved !== 0) problems.push(`${ledger.reserved} tokens are still reserved`);
  for (const id of ledger.withoutRecord) problems.push(`${id}: sent before it was in the journal`);
  for (const file of left) problems.push(`left in the journal: ${file}`);
  return { knownSum, problems };
}

function byReservation(accepted) {
  const groups = new Map();
  for (const settlement of accepted) {
    const { reservationId } = settlement;
    groups.set(reservationId, [...(groups.get(reservationId) ?? []), settlement]);
  }
  return groups;
}
