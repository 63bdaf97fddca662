import { table } from "../support/table.mjs";

/** A kill test's figures for people. */
export function report(result) {
  const { kills, seed, phases, problems } = result;
  return [
    table(`${kills} kills, seed ${seed}: where they struck`, phases),
    table("Spends", [
      ["processes started", result.lives],
      ["known", result.known],
      ["not yet known when killed", result.notYetKnown],
      ["recorded by commit", result.recordedByCommit],
      ["recorded as event", result.recordedAsEvent],
      ["recovered by later processes", result.recovered],
      ["half-written files swept", result.temporaries],
      ["tokens known", result.knownSum],
      ["tokens in the ledger", result.spent],
      ["difference", result.knownSum - result.spent],
    ]),
    problems.length === 0
      ? "Every known spend is in the ledger, once; nothing is left reserved or in the journal."
      : `${problems.length} problems with seed ${seed}:\n  ${problems.join("\n  ")}`,
  ].join("\n\n");
}
