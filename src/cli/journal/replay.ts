import { basename } from "node:path";
import { CyclesClient } from "../../client.js";
import { putBackRejected, readJournal } from "../../settlement/journal/folder.js";
import { emptyLogs } from "../../settlement/journal/logs.js";
import { isLogFile } from "../../settlement/journal/names.js";
import type { Walk } from "../../settlement/journal/walk.js";
import type { Recovery } from "../../settlement/recovery.js";
import { isoTime } from "../../text.js";
import { duration } from "./entry.js";

/** What `journal replay` has done, as it is printed with `--json`. */
export interface Replayed extends Recovery {
  /** How many refused records are pending again. */
  readonly put_back: number;
  /** How many spends of logs are in files now, or in the ledger. */
  readonly moved: number;
  /** How many spends are still in logs only. */
  readonly in_logs: number;
  readonly notes: WaitingNotes;
}

/** The notes of guards, which are never settled early. */
interface WaitingNotes {
  /** How many notes belong to guards that are running. */
  readonly running: number;
  /** How many belong to guards whose processes have died. */
  readonly dead: number;
  /** When the last note of a dead guard can be settled, in epoch milliseconds. */
  readonly dead_until_ms: number | null;
}

/**
 * Moves the spends of all logs to files, and settles those of the client that the environment
 * describes. The first step needs no server.
 */
export async function replay(
  walk: Walk,
  root: string,
  putsBackRejected: boolean,
): Promise<Replayed> {
  const client = new CyclesClient({ journalDir: root, subjects: "any" });
  const putBack = putsBackRejected ? putBackRejected(walk, root) : 0;
  const moved = new Set<string>();
  let settled = 0;
  let setAside = 0;
  let pending = 0;
  for (let isStuck = false; !isStuck;) {
    const left = emptyLogs(walk, root, moved);
    // In a large journal, one call settles only what fits into its time limit.
    const last = await client.recover();
    settled += last.settled;
    setAside += last.setAside;
    pending = last.pending;
    // What was settled may have kept a spend of a log out of its file.
    isStuck = last.settled + last.setAside === 0 || (pending === 0 && left === 0);
  }
  await client.close();
  return {
    found: settled + setAside + pending,
    settled,
    setAside,
    pending,
    put_back: putBack,
    // Processes that are running may have added some.
    in_logs: emptyLogs(walk, root, moved),
    moved: moved.size,
    notes: waitingNotes(walk, root),
  };
}

/** Counts the notes in logs. Also adds what cannot be read to the walk. */
function waitingNotes(walk: Walk, root: string): WaitingNotes {
  let running = 0;
  let dead = 0;
  let until: number | null = null;
  for (const { path, state, record } of readJournal(walk, root)) {
    if (state === "running") running += 1;
    if (state === "corrupt" && isLogFile(basename(path)))
      walk.unreadable.push({ path, cause: "damaged" });
    if (state !== "dead") continue;
    dead += 1;
    until = Math.max(until ?? 0, record?.notBefore ?? 0);
  }
  return { running, dead, dead_until_ms: until };
}

/** The result in words, one fact a line. */
export function* describeReplay(result: Replayed, now: number): Generator<string> {
  const { found, settled, setAside, pending, moved, in_logs: inLogs, notes } = result;
  yield `${found} found: ${settled} settled, ${setAside} set aside, ${pending} still pending.`;
  if (moved > 0) yield `Spends moved from logs to files: ${moved}.`;
  if (inLogs > 0) yield `Spends left in logs, because their files have other spends: ${inLogs}.`;
  if (notes.running > 0) yield `Notes of guards that are running, left in logs: ${notes.running}.`;
  const until = notes.dead_until_ms;
  if (until === null) return;
  const due = until > now ? `until ${isoTime(until)}, in ${duration(until - now)}` : "due now";
  yield `Notes of dead guards, left in logs: ${notes.dead}, ${due}.`;
}
