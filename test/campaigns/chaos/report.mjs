import { table } from "../support/table.mjs";

/** Formats the figures of a campaign for a terminal. */
export function report(result) {
  const { seed, refusing, log, lifecycles, sums, counts, faults, events, notices, problems } =
    result;
  const heading = `Seed ${seed}, ${refusing ? "budgets that refuse" : "ample budget"}${log ? ", with a log" : ""}`;
  const noticed = Object.fromEntries(notices);
  return [
    table(heading, [
      ["lifecycles", lifecycles],
      ["retries of calls", noticed.retry],
      ["queued", noticed.queued],
      ["recovered by later processes", result.recovered],
      ["replayed by the operator", result.replayedByOperator],
      ...Object.entries(counts),
    ]),
    table("Faults injected", faults),
    table("Processes and clocks", events),
    table("Tokens", [
      ["known", sums.known],
      ["recorded", sums.recorded],
      ["set aside", sums.setAside],
      ["difference", sums.difference],
    ]),
    problems.length === 0
      ? "Every known spend is recorded once or set aside.\n"
      : `${problems.length} problems, seed ${seed}:\n  ${problems.join("\n  ")}\n`,
  ].join("\n\n");
}
