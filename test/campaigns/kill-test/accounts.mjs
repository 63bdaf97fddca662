/**
 * The books of a kill test: every spend that was known must be in the ledger once, with its amount, and nothing else.
 *
 * A spend is known at a kill when its record is in the journal, or its commit has reached the ledger; and from the
 * moment on at which `commit` has answered. A commit that was called, but whose record was not yet written when the
 * process died, is not known yet.
 */
export function account({ known, notYetKnown, books, left }) {
  const problems = [];
  const accepted = byReservation(books.accepted);
  let knownSum = 0;
  for (const [reservationId, amount] of known) {
    knownSum += amount;
    const found = accepted.get(reservationId) ?? [];
    if (found.length !== 1 || found[0].actual !== amount)
      problems.push(`${reservationId}: ${amount} known, ledger ${JSON.stringify(found)}`);
  }
  for (const reservationId of accepted.keys())
    if (!known.has(reservationId)) problems.push(`${reservationId}: recorded, but not known`);
  for (const reservationId of notYetKnown)
    if (accepted.has(reservationId)) problems.push(`${reservationId}: known after all`);
  if (books.spent !== knownSum)
    problems.push(`the ledger has ${books.spent}, known are ${knownSum}`);
  if (books.reserved !== 0) problems.push(`${books.reserved} are still reserved`);
  for (const id of books.withoutRecord) problems.push(`${id}: sent before it was in the journal`);
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
