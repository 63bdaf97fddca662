import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { spendIn } from "./evidence.mjs";

/** Lists all files in the journal's folders, with the spend in each. */
export function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const why = entry.name.split(".").at(-1) ?? "";
      return { path, name: entry.name, why, ...readSpend(path) };
    });
}

/** Renames refused records so that the client settles them again, and checks what the ledger then contains. */
export async function replaySetAside({ folder, evidence, recover }) {
  const problems = [];
  const refused = filesIn(folder).filter(({ why }) => why === "rejected");
  for (const { path } of refused) renameSync(path, path.replace(/(\.\d+)?\.rejected$/, ".json"));
  await recover();
  const left = filesIn(folder);
  let settled = 0;
  for (const { reservationId, actual } of refused) {
    const found = evidence.settlementsOf(reservationId);
    // The client does not send a record that is too old.
    const isStale = left.some(
      (file) => file.why === "stale" && file.reservationId === reservationId,
    );
    if (found.length === 1) settled += 1;
    else if (found.length > 1 || !isStale)
      problems.push(`replayed ${reservationId} with ${actual}: ledger ${JSON.stringify(found)}`);
  }
  for (const { name, why } of left)
    if (why !== "stale") problems.push(`left in the journal after a replay: ${name}`);
  return { settled, problems };
}

function readSpend(path) {
  try {
    return spendIn(readFileSync(path, "utf8"));
  } catch {
    return { reservationId: undefined, actual: undefined };
  }
}
