import type { Command } from "commander";
import { commonFolder, readJournal } from "../../settlement/journal/folder.js";
import { type Unreadable, Walk } from "../../settlement/journal/walk.js";
import { plain } from "../../text.js";
import { cutEnd, table } from "../layout.js";
import { type Output, safeJson, type Terminal, UsageError } from "../terminal.js";
import { HEADING, toEntry, toRow } from "./entry.js";
import { describeReplay, replay } from "./replay.js";

const HELP = `
The journal is in CYCLES_JOURNAL_DIR. By default it is in the folder that all
Cycles clients share: ~/.runcycles/commit-journal. States:
  pending   not settled yet: replay, or the tenant's next client, sends it
  running   noted by a guard that is running and has not committed yet
  dead      noted by a guard whose process has died: a client settles it when
            its lease is over
  rejected  refused by the server: fix the cause, then replay --rejected
  stale     too old to send: it could be charged twice
  corrupt   not a valid record, or a log that is damaged

replay first moves the spends of all logs to files, which needs no server. It
then settles the pending records of one server and tenant, which the variables
CYCLES_BASE_URL, CYCLES_API_KEY and CYCLES_TENANT name. cycles-client 0.1
cannot read logs, so run it before a downgrade, when no client is running.`;

/** The widest cell of a table. Ids and paths fit, but a file can contain longer text. */
const WIDEST_CELL = 1_024;
/** The most files that a message names. It counts the others. */
const MOST_NAMED = 5;

interface JournalFolder {
  readonly dir?: string;
  readonly json?: boolean;
}

interface JournalOutput {
  readonly output: Output;
  /** Writes a line to standard error. */
  readonly complain: (message: string) => void;
}

/** `cycles-client journal list | show ID | replay`: spends that are not in the ledger yet. */
export function addJournal(
  program: Command,
  { output, env, complain }: Pick<Terminal, "env"> & JournalOutput,
): void {
  const journal = program
    .command("journal")
    .summary("manage spends that are not in the ledger yet")
    .description("Manage spends that are not in the ledger yet.")
    .addHelpText("after", HELP);

  withCommonOptions(
    journal.command("list"),
    "list all records, including those that were set aside",
  ).action(({ dir, json = false }: JournalFolder) => {
    const root = rootOf(dir, env);
    const walk = new Walk();
    const now = Date.now();
    const rows: string[][] = [];
    let count = 0;
    for (const each of readJournal(walk, root)) {
      const entry = toEntry(each);
      count += 1;
      if (json) output.line(safeJson(entry));
      else rows.push(toRow(entry, now).map((cell) => cutEnd(plain(cell), WIDEST_CELL)));
    }
    // Not cut to the width of the terminal, so that ids can be copied.
    if (rows.length > 0)
      for (const row of table([[...HEADING], ...rows], Infinity)) output.line(row);
    const problem = problemOf(walk.unreadable);
    if (problem === undefined) {
      if (count === 0 && !json) output.line(`No records in ${root}.`);
      return;
    }
    if (count === 0) throw new UsageError(problem);
    complain(problem);
  });

  withCommonOptions(journal.command("show"), "print the records of a reservation, and their files")
    .argument("<id>", "the reservation's id, or its beginning")
    .action((id: string, { dir, json = false }: JournalFolder) => {
      const root = rootOf(dir, env);
      const walk = new Walk();
      let isFound = false;
      for (const each of readJournal(walk, root)) {
        if (!(each.record?.reservationId ?? "").startsWith(id)) continue;
        isFound = true;
        output.line(safeJson(toEntry(each), json ? 0 : 2));
      }
      const problem = problemOf(walk.unreadable);
      if (!isFound) {
        const missing = `No record of reservation ${id} in ${root}`;
        throw new UsageError(problem === undefined ? missing : `${missing}; ${problem}`);
      }
      if (problem !== undefined) complain(problem);
    });

  withCommonOptions(
    journal.command("replay"),
    "move the spends of logs to files, and settle pending records",
  )
    .option("--rejected", "also settle refused records, for example after funding a budget")
    .action(
      async ({ dir, json = false, rejected = false }: JournalFolder & { rejected?: boolean }) => {
        const walk = new Walk();
        const result = await replay(walk, rootOf(dir, env), rejected);
        if (json) output.line(JSON.stringify(result));
        else for (const line of describeReplay(result, Date.now())) output.line(line);
        const problem = problemOf(walk.unreadable);
        if (problem !== undefined) throw new UsageError(problem);
      },
    );
}

/** A message that names the unreadable files; `undefined` if there are none. */
function problemOf(unreadable: readonly Unreadable[]): string | undefined {
  if (unreadable.length === 0) return undefined;
  // A file may have been tried several times.
  const all = [...new Set(unreadable.map(({ path, cause }) => `${path} (${cause})`))];
  const named = all.slice(0, MOST_NAMED);
  const more = all.length - named.length;
  if (more > 0) named.push(`${more} more`);
  return `cannot read ${named.join(", ")}`;
}

function withCommonOptions(command: Command, what: string): Command {
  return command
    .summary(what)
    .description(`${what[0]?.toUpperCase() ?? ""}${what.slice(1)}.`)
    .option("-d, --dir <folder>", "the journal's folder")
    .option("--json", "print JSON");
}

function rootOf(dir: string | undefined, env: Terminal["env"]): string {
  return dir ?? (env["CYCLES_JOURNAL_DIR"]?.trim() ? env["CYCLES_JOURNAL_DIR"] : commonFolder());
}
