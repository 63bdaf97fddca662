import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, CyclesClient, type Notice, usd } from "cycles-client";
import { type Arrival, EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { afterAll } from "vitest";
import { filesIn, recordsIn } from "../support/journal-folder.js";
import { request } from "../support/responses.js";

/** What the work of a guard costs. */
export const actual = usd("0.30");

/** Lets time pass until a promise is settled. Its first timer may start only after a while. */
export async function finish<Value>(promise: Promise<Value>, clock: ManualClock): Promise<Value> {
  const pending = new Set([promise]);
  const over = () => void pending.delete(promise);
  promise.then(over, over);
  while (pending.size > 0) await clock.advance(100);
  return promise;
}

/**
 * An authority, a folder for a journal, and clients that share only these.
 *
 * @param startMs the time at the start, which matters to processes with the system clock
 */
export function scene(startMs?: number) {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });
  const clock = new ManualClock(startMs);
  const authority = new EmbeddedCycles({
    budgets: { "tenant:acme": usd("1.00") },
    apiKeys: { key_of_today: "acme", key_of_yesterday: "acme" },
    clock,
  });
  const notices: Notice[] = [];
  /** Opens a client as a new process would, without any state of an earlier client. */
  const open = (options: ClientOptions = {}) => {
    const { journal: _, ...given } = authority.clientOptions("acme");
    return new CyclesClient({
      ...given,
      journalDir: dir,
      logLevel: "off",
      onNotice: (notice) => notices.push(notice),
      ...options,
    });
  };
  /** The same in a process that dies when the test stops advancing its clock. */
  const openDoomed = (options: ClientOptions = {}) => {
    const ownClock = new ManualClock(clock.now());
    return { client: open({ ...options, clock: ownClock }), ownClock };
  };
  /**
   * Leaves a known spend in the journal: the ledger is unreachable, and the process dies. Returns
   * the first attempt, which a later process must repeat, and its record.
   */
  const leaveBehind = async (options: ClientOptions = {}) => {
    const { client } = openDoomed({ retry: { maxAttempts: 1 }, ...options });
    const guard = await client.reserve({ ...request, ttl_ms: 60_000 }, { heartbeat: false });
    authority.faults.on("commitReservation").drop("before");
    await guard.commit(actual);
    const left = { id: guard.id, ...lastSent(), record: recordsIn(dir)[0] };
    authority.clearRequests();
    notices.length = 0;
    return left;
  };
  /** The key of the last request that arrived, and its body as text. */
  const lastSent = () => {
    const last = authority.requests.at(-1);
    if (last === undefined) throw new Error("nothing was sent");
    return { key: toCall(last).key, body: last.body };
  };
  return {
    dir,
    clock,
    authority,
    notices,
    open,
    openDoomed,
    leaveBehind,
    lastSent,
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
    /** The requests that settle, extend or release, as operation and key. */
    sent: () => authority.requests.filter(isNoReserve).map(toCall),
    /** The files of the journal, without logs that keep nothing. */
    files: () => filesIn(dir),
    /** The records of the journal, and what its logs keep. */
    records: () => recordsIn(dir),
  };
}

const NAMES: Readonly<Record<string, string>> = {
  commitReservation: "commit",
  createEvent: "event",
  extendReservation: "extend",
  releaseReservation: "release",
};

function isNoReserve({ operation }: Arrival): boolean {
  return operation !== undefined && operation in NAMES;
}

function toCall({ operation, body }: Arrival): { readonly name: string; readonly key: unknown } {
  const { idempotency_key: key } = JSON.parse(body) as Record<string, unknown>;
  return { name: NAMES[operation ?? ""] ?? "", key };
}
