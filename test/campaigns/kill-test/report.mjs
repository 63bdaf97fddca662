import { table } from "../support/table.mjs";

/** Formats the figures of a kill test for a terminal. */
export function report(result) {
  const { kills, seed, phases, problems } = result;
  return [
    table(`${kills} kills, seed ${seed}: phase of each kill`, phases),
    table("Spends", [
      ["processes started", result.lives],
      ["known", result.known],
      ["not yet known when killed", result.notYetKnown],
      ["recorded by commit", result.recordedByCommit],
      ["recorded as event", result.recordedAsEvent],
      ["recovered by later processes", result.recovered],
      ["half-written files removed", result.temporaries],
      ["tokens known", result.knownSum],
      ["tokens in the ledger", result.spent],
      ["difference", result.knownSum - result.spent],
    ]),
    problems.length === 0
      ? "Every known spend is in the ledger once. No reservation and no journal file is left."
      : `${problems.length} problems, seed ${seed}:\n  ${problems.join("\n  ")}`,
  ].join("\n\n");
}
