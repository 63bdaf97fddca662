import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A record or a line of a log, parsed. */
type Parsed = Record<string, unknown>;

/** A log, as its format says: a header, then lines, of which marks say that others are done. */
export interface ReadLog {
  readonly header: Parsed;
  /** Its whole lines without the header, marks included. */
  readonly lines: readonly Parsed[];
  /** The lines that its owner still needs: those that are neither marked nor replaced. */
  readonly open: readonly Parsed[];
}

/** The files below a folder that matter to somebody: a log without open lines does not. */
export function filesIn(dir: string): string[] {
  return allFilesIn(dir).filter((file) => !isLog(file) || readLogFile(file).open.length > 0);
}

/** The logs below a folder, with and without open lines. */
export function logsIn(dir: string): string[] {
  return allFilesIn(dir).filter(isLog);
}

/** The records of a journal, parsed. An open line of a log counts as the record of its commit. */
export function recordsIn(dir: string): Parsed[] {
  return allFilesIn(dir).flatMap((file) => {
    if (file.endsWith(".json")) return [parse(readFileSync(file, "utf8"))];
    return isLog(file) ? loggedRecords(readLogFile(file)) : [];
  });
}

/** Reads a log in another way than the client does. A torn last line does not count. */
export function readLogFile(file: string): ReadLog {
  // Its owner may have removed it since it was listed.
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [header = {}, ...lines] = text.split("\n").slice(0, -1).map(parse);
  const done = new Set(lines.flatMap((line) => (line["done"] as number[] | undefined) ?? []));
  const last = new Map(lines.map((line) => [line["reservation_id"], line]));
  const open = [...last.values()].filter(({ n }) => n !== undefined && !done.has(Number(n)));
  return { header, lines, open };
}

function allFilesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

function isLog(file: string): boolean {
  return /^v1-.*\.log$/.test(basename(file));
}

function parse(text: string): Parsed {
  return JSON.parse(text) as Parsed;
}

function loggedRecords({ header, open }: ReadLog): Parsed[] {
  return open.map((line) => {
    const commit = line["commit"] as Parsed;
    const { subject, action } = line["reserved"] as Parsed;
    const recovered = {
      recovered_reservation_id: line["reservation_id"],
      recovery_reason: "commit_after_reservation_expired",
    };
    const metadata = { ...(commit["metadata"] as Parsed | undefined), ...recovered };
    return {
      version: 1,
      reservation_id: line["reservation_id"],
      base_url: header["base_url"],
      mode: "commit",
      commit_body: commit,
      event_fallback_body: { ...commit, subject, action, metadata },
      recorded_at_ms: line["at"],
      not_before_ms: null,
    };
  });
}
