import type { Command } from "commander";
import { CyclesClient } from "../../client.js";
import { commonFolder, putBack, readJournal } from "../../settlement/journal/folder.js";
import { plain } from "../../text.js";
import { table } from "../layout.js";
import type { Output } from "../output.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { HEADING, toEntry, toRow } from "./entry.js";

const HELP = `
The journal is in CYCLES_JOURNAL_DIR, or else where all Cycles clients keep it:
~/.runcycles/commit-journal. States:
  pending   sent by the next client of its server and tenant, or by replay
  rejected  the server refused it; once the cause is cured: replay --rejected
  stale     too old: sent again, it could be charged twice
  corrupt   not a record that can be understood

replay settles what is pending for the server and tenant of the CYCLES_*
variables: CYCLES_BASE_URL, CYCLES_API_KEY, CYCLES_TENANT.`;

interface Place {
  readonly dir?: string;
  readonly json?: boolean;
}

/** `cycles-client journal list | show ID | replay`: the spends that the ledger does not have yet. */
export function addJournal(
  program: Command,
  { output, env }: Pick<Terminal, "env"> & { readonly output: Output },
): void {
  const journal = program
    .command("journal")
    .summary("look after spends that are not in the ledger yet")
    .description("Look after the spends that the ledger does not have yet.")
    .addHelpText("after", HELP);
  const filesOf = (dir: string | undefined) => readJournal(rootOf(dir, env));

  withPlace(journal.command("list"), "list all records, and what was set aside").action(
    ({ dir, json = false }: Place) => {
      const entries = filesOf(dir).map(toEntry);
      if (json) for (const entry of entries) output.line(JSON.stringify(entry));
      else if (entries.length === 0) output.line(`Nothing is on its way in ${rootOf(dir, env)}.`);
      else {
        const now = Date.now();
        const rows = [[...HEADING], ...entries.map((entry) => toRow(entry, now).map(plain))];
        // Whoever copies an id wants all of it, however narrow the screen.
        for (const row of table(rows, Infinity)) output.line(row);
      }
    },
  );

  withPlace(journal.command("show"), "print the records of a reservation, and where they are")
    .argument("<id>", "the reservation's id, or the start of it")
    .action((id: string, { dir, json = false }: Place) => {
      const found = filesOf(dir)
        .map(toEntry)
        .filter(({ reservation_id = "" }) => reservation_id.startsWith(id));
      if (found.length === 0) {
        throw new UsageError(`No record of reservation ${id} in ${rootOf(dir, env)}`);
      }
      for (const entry of found) output.line(JSON.stringify(entry, undefined, json ? 0 : 2));
    });

  withPlace(journal.command("replay"), "settle what is pending")
    .option("--rejected", "also what the server had refused: after its budget was funded, say")
    .action(async ({ dir, json = false, rejected = false }: Place & { rejected?: boolean }) => {
      const root = rootOf(dir, env);
      const client = new CyclesClient({ journalDir: root });
      const putAgain = rejected
        ? readJournal(root).filter((file) => file.state === "rejected" && putBack(file)).length
        : 0;
      const result = { ...(await client.recover()), put_back: putAgain };
      await client.close();
      if (json) output.line(JSON.stringify(result));
      else {
        const { found, settled, setAside, pending } = result;
        output.line(
          `${found} found: ${settled} settled, ${setAside} set aside, ${pending} still pending.`,
        );
      }
    });
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
