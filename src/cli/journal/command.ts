import type { Command } from "commander";
import { CyclesClient } from "../../client.js";
import {
  commonFolder,
  putBackRejected,
  readJournal,
  type Unreadable,
} from "../../settlement/journal/folder.js";
import type { Recovery } from "../../settlement/recovery.js";
import { plain } from "../../text.js";
import { cutEnd, table } from "../layout.js";
import { type Output, safeJson, type Terminal, UsageError } from "../terminal.js";
import { type Entry, HEADING, toEntry, toRow } from "./entry.js";

const HELP = `
The journal is in CYCLES_JOURNAL_DIR. By default it is in the folder that all
Cycles clients share: ~/.runcycles/commit-journal. States:
  pending   not settled yet: replay, or the tenant's next client, sends it
  rejected  refused by the server: fix the cause, then replay --rejected
  stale     too old to send: it could be charged twice
  corrupt   not a valid record

replay settles the pending records of one server and tenant, which the
variables CYCLES_BASE_URL, CYCLES_API_KEY and CYCLES_TENANT name.`;

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
    const { files, unreadable } = readJournal(root);
    const entries = files.map(toEntry);
    if (json) for (const entry of entries) output.line(safeJson(entry));
    else if (entries.length > 0) {
      const now = Date.now();
      const cells = (entry: Entry) =>
        toRow(entry, now).map((cell) => cutEnd(plain(cell), WIDEST_CELL));
      // Not cut to the width of the terminal, so that ids can be copied.
      for (const row of table([[...HEADING], ...entries.map(cells)], Infinity)) output.line(row);
    } else if (unreadable.length === 0) output.line(`No records in ${root}.`);
    const problem = problemOf(unreadable);
    if (problem === undefined) return;
    if (entries.length === 0) throw new UsageError(problem);
    complain(problem);
  });

  withCommonOptions(journal.command("show"), "print the records of a reservation, and their files")
    .argument("<id>", "the reservation's id, or its beginning")
    .action((id: string, { dir, json = false }: JournalFolder) => {
      const root = rootOf(dir, env);
      const { files, unreadable } = readJournal(root);
      const found = files
        .map(toEntry)
        .filter(({ reservation_id = "" }) => reservation_id.startsWith(id));
      for (const entry of found) output.line(safeJson(entry, json ? 0 : 2));
      const problem = problemOf(unreadable);
      if (found.length === 0) {
        const missing = `No record of reservation ${id} in ${root}`;
        throw new UsageError(problem === undefined ? missing : `${missing}; ${problem}`);
      }
      if (problem !== undefined) complain(problem);
    });

  withCommonOptions(journal.command("replay"), "settle pending records")
    .option("--rejected", "also settle refused records, for example after funding a budget")
    .action(
      async ({ dir, json = false, rejected = false }: JournalFolder & { rejected?: boolean }) => {
        const root = rootOf(dir, env);
        const client = new CyclesClient({ journalDir: root });
        const { files, unreadable } = readJournal(root);
        const putBack = putBackRejected(rejected ? files : []);
        const result = { ...(await recoverAll(client)), put_back: putBack.count };
        await client.close();
        if (json) output.line(JSON.stringify(result));
        else {
          const { found, settled, setAside, pending } = result;
          output.line(
            `${found} found: ${settled} settled, ${setAside} set aside, ${pending} still pending.`,
          );
        }
        const problem = problemOf([...unreadable, ...putBack.unreadable]);
        if (problem !== undefined) throw new UsageError(problem);
      },
    );
}

/** Recovers until nothing is pending, or nothing more can be settled now. */
async function recoverAll(client: CyclesClient): Promise<Recovery> {
  let settled = 0;
  let setAside = 0;
  for (;;) {
    // In a large journal, one call settles only what fits into its time limit.
    const last = await client.recover();
    settled += last.settled;
    setAside += last.setAside;
    const { pending } = last;
    if (pending === 0 || last.settled + last.setAside === 0)
      return { found: settled + setAside + pending, settled, setAside, pending };
  }
}

/** A message that names the unreadable files; `undefined` if there are none. */
function problemOf(unreadable: readonly Unreadable[]): string | undefined {
  if (unreadable.length === 0) return undefined;
  const named = unreadable.slice(0, MOST_NAMED).map(({ path, cause }) => `${path} (${cause})`);
  const more = unreadable.length - named.length;
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
