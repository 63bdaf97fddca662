/**
 * Checks the ledger against what each lifecycle spent. A known spend must be in the ledger once, with the right amount,
 * or it must be set aside in a journal file or in the error that its caller received.
 *
 * If a lifecycle ended, its known spend is the last amount that it tried to commit. If its process was killed first,
 * the known spend is the amount in the ledger, or else in the last journal record; without either, no spend is known.
 * If the disk did not store the record and the process ended before it reached the ledger, the spend cannot be settled.
 * Such spends are counted separately.
 */
export function account({ lifecycles, evidence, files, reported, balances }) {
  const sums = { known: 0, recorded: 0, setAside: 0, difference: 0 };
  const counts = {
    "spends known": 0,
    "recorded by commit": 0,
    "recorded as event": 0,
    "set aside in the journal": 0,
    "refused to the caller": 0,
    "only reported": 0,
    "killed before a spend was known": 0,
    "in neither journal nor ledger": 0,
    "without a spend": 0,
  };
  const problems = [...evidence.violations];

  for (const lifecycle of lifecycles) {
    const { serial, shape, reservationId, amounts, ended } = lifecycle;
    const settlements = reservationId ? evidence.settlementsOf(reservationId) : [];
    const aside = files.filter((file) => file.reservationId === reservationId);
    const complain = (what) =>
      problems.push(
        `lifecycle ${serial} (${shape}; ${ended}; ${reservationId}): ${what}; to commit ${amounts.join(", ")}; ` +
          `ledger ${JSON.stringify(settlements)}; set aside ${JSON.stringify(aside)}`,
      );

    if (settlements.length > 1) complain("recorded more than once");
    const known = knownSpend(lifecycle, settlements, evidence);
    if (typeof known === "string") {
      counts[known] += 1;
      if (settlements.length > 0) complain("recorded, although no spend was known");
      if (known === "in neither journal nor ledger" && !evidence.hadNoDisk(reservationId))
        complain("the disk worked, but the record was never written");
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
    if (isReported) counts["only reported"] += 1;
    sums.known += known;
    sums.recorded += recorded;
    sums.setAside += setAside;
    if (known !== recorded + setAside) {
      sums.difference += Math.abs(known - recorded - setAside);
      complain(`known ${known}, recorded ${recorded}, set aside ${setAside}`);
    }
    // If the key is the same, a replay does no harm: a delayed request arrived after another one was refused.
    if (
      aside.some(({ why, key }) => why === "rejected" && settlements.some((one) => one.key !== key))
    )
      complain("recorded with a different key from the record that is set aside");
  }

  const [balance] = balances;
  if (balance.reserved.amount !== 0)
    problems.push(`${balance.reserved.amount} tokens are still reserved`);
  if (balance.spent.amount !== evidence.charged)
    problems.push(
      `the ledger spent ${balance.spent.amount}, but its responses charged ${evidence.charged}`,
    );
  for (const { name, why } of files)
    if (["json", "tmp", "corrupt", "log"].includes(why))
      problems.push(`left in the journal: ${name}`);
  return { sums, counts, problems };
}

/** Returns the amount, or the reason why no spend is known. */
function knownSpend({ reservationId, amounts, ended }, settlements, evidence) {
  if (reservationId === undefined || amounts.length === 0) return "without a spend";
  const records = evidence.recordsOf(reservationId);
  if (ended !== "running") {
    const last = amounts.at(-1);
    const hasTrace = records.includes(last) || settlements.some(({ actual }) => actual === last);
    return hasTrace ? last : "in neither journal nor ledger";
  }
  const found = settlements.at(-1)?.actual ?? records.at(-1);
  if (found === undefined) return "killed before a spend was known";
  return found;
}
