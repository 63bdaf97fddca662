import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Amount,
  type ClientOptions,
  CyclesClient,
  type Guard,
  type Notice,
  usd,
} from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { onTestFinished } from "vitest";
import { filesIn, logsIn, type ReadLog, readLogFile } from "./journal-folder.js";
import { silence, until } from "./noted.js";
import { refusal, request, toResponse } from "./responses.js";

/** The start of the authority's time. */
const START = Date.UTC(2026, 0, 1);

/** A request that settles something. */
export interface Settling {
  readonly path: string;
  readonly key: string;
  readonly body: string;
}

/** What happens before a request that settles something is sent. It may get another response. */
type Respond = (settling: Settling) => Response | Promise<Response> | undefined;

/**
 * An authority, and clients that keep their journals in folders, in logs unless a test says
 * otherwise. Each client has its own clock, as processes have, so a client is dead if its clock is
 * not advanced.
 */
export function logged(given: ClientOptions = {}) {
  const clock = new ManualClock(START);
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("100.00") }, clock });
  const sent: Settling[] = [];
  const hook: { respond: Respond } = { respond: () => undefined };
  const { journal: _, ...connection } = authority.clientOptions("acme");
  const dir = newFolder();

  const fetch: ClientOptions["fetch"] = async (url, init) => {
    const path = new URL(url).pathname.split("/").at(-1) ?? "";
    const body = typeof init.body === "string" ? init.body : "";
    if (["commit", "events", "release"].includes(path)) {
      const { idempotency_key: key } = JSON.parse(body) as { idempotency_key: string };
      sent.push({ path, key, body });
      const other = await hook.respond({ path, key, body });
      if (other !== undefined) return other;
    }
    return authority.fetch(url, init);
  };

  /** Opens a client with its notices and its clock. */
  const open = (options: ClientOptions = {}) => {
    const notices: Notice[] = [];
    const own = new ManualClock(clock.now());
    const client = new CyclesClient({
      ...connection,
      fetch,
      clock: own,
      journalDir: dir,
      logLevel: "off",
      onNotice: (notice) => notices.push(notice),
      ...given,
      ...options,
    });
    const failures = () =>
      notices.flatMap((notice) =>
        notice.type === "journal_failed" ? [[notice.action, notice.code]] : [],
      );
    return { client, clock: own, notices, failures };
  };

  /**
   * Returns a copy of the folder in which the logs have been silent, as if all processes had died at
   * this moment.
   */
  const afterDeath = (silentMs = 3_600_000) => {
    const copy = newFolder();
    cpSync(dir, copy, { recursive: true });
    silence(copy, silentMs);
    return copy;
  };

  return {
    clock,
    authority,
    baseUrl: connection.baseUrl,
    dir,
    /** The commits, events and releases that were sent. */
    sent,
    hook,
    open,
    afterDeath,
    /** Leaves a log with spends whose first commits get no response. Returns a folder with it. */
    async leave(amounts: readonly Amount[], silentMs?: number): Promise<string> {
      const { respond } = hook;
      hook.respond = () => hang();
      const { client } = open();
      const guards = await Promise.all(amounts.map(() => reserve(client)));
      for (const [index, amount] of amounts.entries()) void guards[index]?.commit(amount);
      await until(() => sent.length >= amounts.length);
      const copy = afterDeath(silentMs);
      hook.respond = respond;
      return copy;
    },
    logs: (folder = dir): ReadLog[] => logsIn(folder).map(readLogFile),
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
  };
}

/** The endings of all files that matter, sorted. */
export function endings(dir: string): string[] {
  return filesIn(dir)
    .map((file) => file.split(".").at(-1) ?? "")
    .sort();
}

/** A folder that is removed after the test. */
export function newFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "cycles-log-"));
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

/** Reserves for an hour, so that a later process can still commit. */
export function reserve(client: CyclesClient): Promise<Guard> {
  const estimate = usd("0.40");
  return client.reserve({ ...request, estimate, ttl_ms: 3_600_000 }, { heartbeat: false });
}

/** A response that never comes. */
export function hang(): Promise<Response> {
  return new Promise(() => undefined);
}

export function refused(status: number, code: string): Response {
  return toResponse(refusal(status, code));
}

/** The folder of the only identity below a journal's folder. */
export function identityFolder(dir: string): string {
  const [name = ""] = readdirSync(dir);
  return join(dir, name);
}

/** The bits of a file's mode that say who may use it. */
export function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}
