import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, CyclesClient, type Notice, usd } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { onTestFinished } from "vitest";

/** A line of a log, parsed. */
export interface Line {
  readonly n?: number;
  readonly reservation_id?: string;
  readonly until?: number;
  readonly done?: readonly number[];
  readonly commit?: { readonly idempotency_key: string; readonly actual: { amount: number } };
}

const START = Date.UTC(2026, 0, 1);

/**
 * An authority, and clients with logs in a folder. Each client has its own clock, so that one can be
 * asleep or dead: its clock is not advanced.
 */
export function noted(given: ClientOptions & { readonly budget?: string } = {}) {
  const { budget = "10.00", ...clientOptions } = given;
  const clock = new ManualClock(START);
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd(budget) }, clock });
  const requests: { readonly path: string; readonly body: string }[] = [];

  const folder = () => {
    const dir = mkdtempSync(join(tmpdir(), "cycles-notes-"));
    onTestFinished(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    return dir;
  };

  /** Opens a client at the authority's time. */
  const open = (dir: string, options: ClientOptions = {}) => {
    const own = new ManualClock(clock.now());
    const notices: Notice[] = [];
    const { journal: _, ...connection } = authority.clientOptions("acme");
    const client = new CyclesClient({
      ...connection,
      fetch: (url, init) => {
        const path = new URL(url).pathname.split("/").at(-1) ?? "";
        requests.push({ path, body: typeof init.body === "string" ? init.body : "" });
        return authority.fetch(url, init);
      },
      clock: own,
      journalDir: dir,
      logLevel: "off",
      onNotice: (notice) => notices.push(notice),
      ...clientOptions,
      ...options,
    });
    return {
      client,
      clock: own,
      notices,
      failed: () => notices.filter((notice) => notice.type === "settlement_failed"),
    };
  };

  return {
    authority,
    clock,
    folder,
    open,
    /** What clients have sent to a path such as `commit`, parsed. */
    sent: (name: string) =>
      requests.flatMap(({ path, body }) =>
        path === name ? [JSON.parse(body) as NonNullable<Line["commit"]>] : [],
      ),
    /** Moves the time of the authority, and of those clients that are awake. */
    advance: async (ms: number, ...awake: { readonly clock: ManualClock }[]) => {
      await clock.advance(ms);
      for (const client of awake) await client.clock.advance(ms);
      await turns();
    },
    /** What has been charged to the budget, in microcents. */
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
    /**
     * Returns a copy of a folder in which all logs have been silent for a while, as if every process
     * that wrote to it had died at this moment.
     */
    afterDeath: (dir: string) => {
      const copy = folder();
      cpSync(dir, copy, { recursive: true });
      silence(copy);
      return copy;
    },
  };
}

/** Makes logs look as if nothing had been written to them for a while, by default for an hour. */
export function silence(dir: string, ms = 3_600_000): void {
  const then = new Date(Date.now() - ms);
  for (const file of logs(dir)) utimesSync(file, then, then);
}

/** The paths of all logs below a folder. */
export function logs(dir: string): string[] {
  return files(dir).filter((file) => file.endsWith(".log"));
}

/** The paths of all files below a folder. */
export function files(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** The lines of all logs below a folder, without headers. */
export function lines(dir: string): Line[] {
  return logs(dir).flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .slice(1, -1)
      .map((line) => JSON.parse(line) as Line),
  );
}

/** The notes among the lines, marked or not. */
export function notes(dir: string): Line[] {
  return lines(dir).filter(({ until }) => until !== undefined);
}

/** Waits until something holds, in turns of the event loop, because files are real. */
export async function until(holds: () => boolean): Promise<void> {
  for (let left = 20_000; left > 0; left -= 1) {
    if (holds()) return;
    await turns(1);
  }
  throw new Error(`it never holds: ${holds.toString()}`);
}

/** Lets the event loop turn, so that what was collected in a turn is written. */
export async function turns(count = 5): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
}
