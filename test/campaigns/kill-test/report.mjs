import { table } from "../support/table.mjs";

/** Formats the figures of a kill test for a terminal. */
export function report(result) {
  const { kills, seed, phases, noted, superseded, problems } = result;
  return [
    table(`${kills} kills, seed ${seed}: phase of each kill`, phases),
    table("Processes", [
      ["started", result.lives],
      ["asleep while two others took over", result.asleep],
      ["woken", result.woken],
      ["woken, with another amount in the ledger", superseded.byOthers],
      ["reported by the woken process", superseded.reportedByOwner],
      ["reported by another process", superseded.reportedByOthers],
      ["reports of notes that came too late", superseded.notesRefused],
    ]),
    table("Spends", [
      ["known", result.known],
      ["not yet known when killed", result.notYetKnown],
      ["recorded by commit", result.recordedByCommit],
      ["recorded as event", result.recordedAsEvent],
      ["half-written files removed", result.temporaries],
      ["tokens known", result.knownSum],
      ["tokens in the ledger", result.spent],
      ["difference", result.knownSum - result.spent],
    ]),
    table("Guards whose process was killed or asleep while they noted", [
      ["guards", noted.guards],
      ["tokens noted", noted.tokens],
      ["tokens missing", noted.missing],
      ["most tokens missing in one guard", noted.mostMissing],
      ["milliseconds missing", noted.missingMs],
      ["most milliseconds missing in one guard", noted.mostMissingMs],
    ]),
    problems.length === 0
      ? "Every known spend is in the ledger once. No reservation and no journal file is left."
      : `${problems.length} problems, seed ${seed}:\n  ${problems.join("\n  ")}`,
  ].join("\n\n");
}
