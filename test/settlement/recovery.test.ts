import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, CyclesClient, type Journal, type Notice, usd } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { refusal, request as plain } from "../support/responses.js";

const DAY_MS = 86_400_000;
const request = { ...plain, overage_policy: "REJECT" as const };

function world(options: ClientOptions = {}) {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, clock });
  const notices: Notice[] = [];
  const open = (more: ClientOptions = {}) => {
    const { journal: _, ...given } = authority.clientOptions("acme");
    const own: ClientOptions = { ...given, journalDir: dir, logLevel: "off", ...options, ...more };
    return new CyclesClient({ ...own, onNotice: (notice) => notices.push(notice) });
  };
  /** Leaves spends of a process that has died. Its clock is not advanced any more. */
  const leave = async (count = 1) => {
    const dead = open({ clock: new ManualClock(clock.now()), retry: { maxAttempts: 1 } });
    for (let left = 0; left < count; left += 1) {
      const guard = await dead.reserve({ ...request, estimate: usd("0.01") }, { heartbeat: false });
      authority.faults.on("commitReservation").respond(500);
      await guard.commit(usd("0.01"));
    }
    authority.clearRequests();
    notices.length = 0;
  };
  return {
    authority,
    clock,
    notices,
    open,
    leave,
    files: () =>
      readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".")),
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
    operations: () => authority.requests.map(({ operation }) => operation),
  };
}

describe("the spends of earlier processes", () => {
  it("are reported with the scopes of their reservation if they are refused", async () => {
    const { authority, leave, open, notices } = world();
    await leave();
    authority.faults.on("commitReservation").respond(409, refusal(409, "BUDGET_CLOSED"));
    await open().recover();
    const failed = notices.find((notice) => notice.type === "settlement_failed");
    expect(failed?.error).toMatchObject({ code: "BUDGET_CLOSED", scopes: ["tenant:acme"] });
  });

  it("are settled in the background after the first operation", async () => {
    const { open, leave, spent, files } = world();
    await leave(3);
    await open().getBalances({ tenant: "acme" });
    await vi.waitUntil(() => files().length === 0);
    expect(spent()).toBe(usd("0.03").amount);
  });

  it("are counted by `recover`", async () => {
    const { open, leave, authority } = world();
    await leave(3);
    authority.faults.on("commitReservation").respond(409, {
      body: { error: "BUDGET_EXCEEDED", message: "m", request_id: "r" },
    });
    expect(await open().recover()).toEqual({ found: 3, settled: 2, setAside: 1, pending: 0 });
    expect(await open().recover()).toEqual({ found: 0, settled: 0, setAside: 0, pending: 0 });
  });

  it("stay in the journal if they belong to another server", async () => {
    const { open, leave, files, operations } = world();
    await leave();
    await open({ baseUrl: "http://other.invalid" }).recover();
    expect([files().length, operations()]).toEqual([1, []]);
  });

  it.each([
    ["30 days", {}, 30 * DAY_MS],
    ["`journalMaxAge`", { journalMaxAge: 3_600_000 }, 3_600_000],
  ])("are set aside and not sent if they are older than %s", async (_, options, age) => {
    const { open, leave, clock, files, notices, operations } = world(options);
    await leave();
    await clock.advance(age + 1);
    expect(await open().recover()).toMatchObject({ found: 1, setAside: 1 });
    expect(operations()).toEqual([]);
    expect(files()[0]).toMatch(/\.stale$/);
    expect(notices).toContainEqual(
      expect.objectContaining({ type: "settlement_failed", kept: true }),
    );
  });

  it("are sent if they are exactly 30 days old", async () => {
    const { open, leave, clock, operations } = world();
    await leave();
    await clock.advance(30 * DAY_MS);
    await open().recover();
    expect(operations()).toEqual(["commitReservation", "createEvent"]);
  });

  it("are tried eight at a time, and one at a time while the server is down", async () => {
    const { authority, open, leave, clock, spent } = world();
    await leave(60);
    let inFlight = 0;
    let most = 0;
    let isDown = true;
    const fetch: NonNullable<ClientOptions["fetch"]> = async (url, init) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await Promise.resolve();
      const response = isDown ? new Response(null, { status: 502 }) : authority.fetch(url, init);
      return Promise.resolve(response).finally(() => {
        inFlight -= 1;
      });
    };
    const client = open({ fetch });
    const recovering = client.recover();
    await vi.waitUntil(() => most > 0);
    await clock.advance(10_000);
    expect(await recovering).toMatchObject({ found: 60, pending: 60 });
    expect(most).toBe(8);
    most = 0;
    await clock.advance(60_000);
    expect(most).toBe(1);
    isDown = false;
    const flushing = client.flush();
    await clock.advance(1_000);
    expect(await flushing).toBe(0);
    expect(spent()).toBe(60 * usd("0.01").amount);
    expect(most).toBe(8);
  });
});

describe("a spend that is being settled", () => {
  it.each([
    [401, "UNAUTHORIZED"],
    [403, "FORBIDDEN"],
    [400, "SOMETHING_NEW"],
  ])("keeps its record after a %d %s until it is settled", async (status, error) => {
    const { authority, open, clock, files, spent } = world({ retry: { maxAttempts: 1 } });
    const client = open();
    const guard = await client.reserve(request);
    const body = { error, message: "m", request_id: "r" };
    authority.faults.on("commitReservation").respond(status, { body });
    expect(await guard.commit(usd("0.30"))).toMatchObject({ state: "queued", durable: true });
    expect(files()[0]).toMatch(/\.json$/);
    await clock.advance(5_000);
    expect([files(), spent()]).toEqual([[], usd("0.30").amount]);
  });

  it("is set aside if it is refused, and is removed when a smaller one is recorded", async () => {
    const { open, files, spent, clock, operations } = world();
    const guard = await open().reserve(request);
    await expect(guard.commit(usd("1.20"))).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    expect(files()[0]).toMatch(/\.rejected$/);
    await expect(guard.release()).rejects.toMatchObject({ name: "GuardStateError" });
    await guard.commit(usd("0.35"));
    await clock.advance(1_000);
    expect([files(), spent()]).toEqual([[], usd("0.35").amount]);
    expect(operations()).toEqual(["createReservation", "commitReservation", "commitReservation"]);
  });

  it("is left to its record with `retry: false`", async () => {
    const { authority, open, files, clock, operations } = world({ retry: false });
    const guard = await open().reserve(request, { heartbeat: false });
    authority.faults.on("commitReservation").respond(503);
    expect(await guard.commit(usd("0.30"))).toMatchObject({ state: "queued", durable: true });
    await clock.advance(20_000);
    expect(operations()).toHaveLength(2);
    await open().recover();
    expect(files()).toEqual([]);
  });

  it("keeps its record if the client closes first, and no failure is reported", async () => {
    const { authority, open, clock, files, notices } = world({ flushTimeout: 1_000 });
    const client = open({ retry: { maxAttempts: 1 } });
    const guard = await client.reserve(request, { heartbeat: false });
    authority.faults.on("commitReservation", { times: 99 }).drop("before");
    await guard.commit(usd("0.30"));
    const closing = client.close();
    await clock.advance(1_000);
    await closing;
    expect(files()).toHaveLength(1);
    expect(notices.map(({ type }) => type)).not.toContain("settlement_failed");
  });

  it("can be kept in a custom journal", async () => {
    const kept = new Map<string, string>();
    const aside: string[] = [];
    const journal: Journal = {
      put: async (id, record) => void kept.set(id, record),
      remove: async (id) => void kept.delete(id),
      list: async () => [...kept].map(([reservationId, record]) => ({ reservationId, record })),
      setAside: async (id, _record, why) => {
        aside.push(why);
        kept.delete(id);
      },
    };
    const { authority, open, spent } = world({ journal, retry: false });
    const guard = await open().reserve(request, { heartbeat: false });
    authority.faults.on("commitReservation").respond(503);
    await guard.commit(usd("0.30"));
    expect([...kept.keys()]).toEqual([guard.id]);
    kept.set("broken", "{");
    await open().recover();
    expect([kept.size, aside, spent()]).toEqual([0, ["corrupt"], usd("0.30").amount]);
  });

  it("is not written to a file if the journal is off", async () => {
    const { open, files, authority } = world();
    const guard = await open({ journal: false }).reserve(request, { heartbeat: false });
    authority.faults.on("commitReservation").respond(503);
    const settling = guard.commit(usd("0.30"));
    expect(files()).toEqual([]);
    await open().flush();
    void settling;
  });
});
