import type { Command } from "commander";
import { CyclesClient } from "../../client.js";
import {
  commonFolder,
  putBackRejected,
  readJournal,
  type Unreadable,
} from "../../settlement/journal/folder.js";
import { plain } from "../../text.js";
import { cutEnd, table } from "../layout.js";
import { type Output, safeJson, type Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { type Entry, HEADING, toEntry, toRow } from "./entry.js";

const HELP = `
The journal is in CYCLES_JOURNAL_DIR, or else where all Cycles clients keep it:
~/.runcycles/commit-journal. States:
  pending   sent by the next client of its server and tenant, or by replay
  rejected  the server refused it; once the cause is cured: replay --rejected
  stale     too old: sent again, it could be charged twice
  corrupt   not a record that can be understood

replay settles what is pending for the server and tenant of the CYCLES_*
variables: CYCLES_BASE_URL, CYCLES_API_KEY, CYCLES_TENANT.`;

/** No id and no path is as long; what a file holds may be. */
const WIDEST_CELL = 1_024;
/** A message names this many files; the count says the rest. */
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

/** `cycles-client journal list | show ID | replay`: the spends that the ledger does not have yet. */
export function addJournal(
  program: Command,
  { output, env, complain }: Pick<Terminal, "env"> & JournalOutput,
): void {
  const journal = program
    .command("journal")
    .summary("look after spends that are not in the ledger yet")
    .description("Look after the spends that the ledger does not have yet.")
    .addHelpText("after", HELP);

  withPlace(journal.command("list"), "list all records, and what was set aside").action(
    ({ dir, json = false }: JournalFolder) => {
      const root = rootOf(dir, env);
      const { files, unreadable } = readJournal(root);
      const entries = files.map(toEntry);
      if (json) for (const entry of entries) output.line(safeJson(entry));
      else if (entries.length > 0) {
        const now = Date.now();
        const cells = (entry: Entry) =>
          toRow(entry, now).map((cell) => cutEnd(plain(cell), WIDEST_CELL));
        // Whoever copies an id wants all of it, however narrow the screen.
        for (const row of table([[...HEADING], ...entries.map(cells)], Infinity)) output.line(row);
      } else if (unreadable.length === 0) output.line(`Nothing is on its way in ${root}.`);
      const problem = problemOf(unreadable);
      if (problem === undefined) return;
      if (entries.length === 0) throw new UsageError(problem);
      complain(problem);
    },
  );

  withPlace(journal.command("show"), "print the records of a reservation, and where they are")
    .argument("<id>", "the reservation's id, or the start of it")
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

  withPlace(journal.command("replay"), "settle what is pending")
    .option("--rejected", "also what the server had refused: after its budget was funded, say")
    .action(
      async ({ dir, json = false, rejected = false }: JournalFolder & { rejected?: boolean }) => {
        const root = rootOf(dir, env);
        const client = new CyclesClient({ journalDir: root });
        const { files, unreadable } = readJournal(root);
        const putBack = putBackRejected(rejected ? files : []);
        const result = { ...(await client.recover()), put_back: putBack.count };
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

/** Names the files that could not be read; `undefined` if there are none. */
function problemOf(unreadable: readonly Unreadable[]): string | undefined {
  if (unreadable.length === 0) return undefined;
  const named = unreadable.slice(0, MOST_NAMED).map(({ path, cause }) => `${path} (${cause})`);
  const more = unreadable.length - named.length;
  if (more > 0) named.push(`${more} more`);
  return `cannot read ${named.join(", ")}`;
}

function withPlace(command: Command, what: string): Command {
  return command
    .summary(what)
    .description(`${what[0]?.toUpperCase() ?? ""}${what.slice(1)}.`)
    .option("-d, --dir <folder>", "the journal's folder")
    .option("--json", "JSON, for machines");
}

function rootOf(dir: string | undefined, env: Terminal["env"]): string {
  return dir ?? (env["CYCLES_JOURNAL_DIR"]?.trim() ? env["CYCLES_JOURNAL_DIR"] : commonFolder());
}
