/**
 * The books of a campaign. Each lifecycle's known spend must be in the ledger once, with the amount that was meant,
 * or else be set aside: in a file of the journal, or in the error that its caller was thrown.
 *
 * What was known: a lifecycle that came back has the spend that it meant last. One that was killed has the one of the
 * last record in its journal, or what reached the ledger; if it had neither, nothing was known yet. Where the disk
 * did not take the record and the process ended before the ledger could be reached, nothing is left to settle from:
 * such spends are counted apart.
 */
export function account({ lifecycles, evidence, files, reported, balances }) {
  const sums = { known: 0, recorded: 0, setAside: 0, difference: 0 };
  const counts = {
    "spends known": 0,
    "recorded by commit": 0,
    "recorded as event": 0,
    "set aside in the journal": 0,
    "refused to the caller": 0,
    "reported only": 0,
    "killed before it was known": 0,
    "neither disk nor ledger": 0,
    "without a spend": 0,
  };
  const problems = [...evidence.violations];

  for (const lifecycle of lifecycles) {
    const { serial, shape, reservationId, meant, ended } = lifecycle;
    const settlements = reservationId ? evidence.settlementsOf(reservationId) : [];
    const aside = files.filter((file) => file.reservationId === reservationId);
    const complain = (what) =>
      problems.push(
        `lifecycle ${serial} (${shape}; ${ended}; ${reservationId}): ${what}; meant ${meant.join(", ")}; ` +
          `ledger ${JSON.stringify(settlements)}; set aside ${JSON.stringify(aside)}`,
      );

    if (settlements.length > 1) complain("recorded more than once");
    const known = knownSpend(lifecycle, settlements, evidence);
    if (typeof known === "string") {
      counts[known] += 1;
      if (settlements.length > 0) complain("recorded, but no spend was known");
      if (known === "neither disk nor ledger" && !evidence.hadNoDisk(reservationId))
        complain("the disk would have taken the record, and has never had it");
      continue;
    }
    const recorded = settlements.reduce((sum, { actual }) => sum + actual, 0);
    const isAside = recorded === 0 && aside.some(({ actual }) => actual === known);
    const isRefused = recorded === 0 && !isAside && lifecycle.refused.has(known);
    const isReported = recorded === 0 && !isAside && !isRefused && reported.has(reservationId);
    const setAside = isAside || isRefused || isReported ? known : 0;

    counts["spends known"] += 1;
    if (settlements[0]?.via === "commit") counts["recorded by commit"] += 1;
    if (settlements[0]?.via === "event") counts["recorded as event"] += 1;
    if (isAside) counts["set aside in the journal"] += 1;
    if (isRefused) counts["refused to the caller"] += 1;
    if (isReported) counts["reported only"] += 1;
    sums.known += known;
    sums.recorded += recorded;
    sums.setAside += setAside;
    if (known !== recorded + setAside) {
      sums.difference += Math.abs(known - recorded - setAside);
      complain(`known ${known}, recorded ${recorded}, set aside ${setAside}`);
    }
    // With the same key a replay is harmless: a request came late, after another one was refused.
    if (
      aside.some(({ why, key }) => why === "rejected" && settlements.some((one) => one.key !== key))
    )
      complain("recorded with another key than that of the record which is still set aside");
  }

  const [balance] = balances;
  if (balance.reserved.amount !== 0) problems.push(`${balance.reserved.amount} are still reserved`);
  if (balance.spent.amount !== evidence.charged)
    problems.push(`the ledger has ${balance.spent.amount} spent, and answered ${evidence.charged}`);
  for (const { name, why } of files)
    if (why === "json" || why === "tmp" || why === "corrupt")
      problems.push(`left in the journal: ${name}`);
  return { sums, counts, problems };
}

/** The amount, or why there is none. */
function knownSpend({ reservationId, meant, ended }, settlements, evidence) {
  if (reservationId === undefined || meant.length === 0) return "without a spend";
  const records = evidence.recordsOf(reservationId);
  if (ended !== "under way") {
    const last = meant.at(-1);
    const hasTrace = records.includes(last) || settlements.some(({ actual }) => actual === last);
    return hasTrace ? last : "neither disk nor ledger";
  }
  const found = settlements.at(-1)?.actual ?? records.at(-1);
  if (found === undefined) return "killed before it was known";
  return found;
}
