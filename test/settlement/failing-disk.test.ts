import { type Journal, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { rateLimited, refusal, request } from "../support/responses.js";

/** A journal in memory. A test can make its next operations fail. */
function failingJournal() {
  const records = new Map<string, string>();
  const aside: string[] = [];
  const failures: string[] = [];
  const act = (name: string, then: () => void) => {
    if (failures[0] !== name) {
      then();
      return;
    }
    failures.shift();
    throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
  };
  const journal: Journal = {
    put: (id, record) => act("put", () => records.set(id, record)),
    remove: (id) => act("remove", () => records.delete(id)),
    list: () => [...records].map(([reservationId, record]) => ({ reservationId, record })),
    setAside: (id, record) =>
      act("setAside", () => {
        if (records.get(id) !== record) return;
        aside.push(record);
        records.delete(id);
      }),
  };
  return { journal, records, aside, fail: (...names: string[]) => failures.push(...names) };
}

describe("a journal whose disk fails for a while", () => {
  it("keeps the record once the disk works again, if the ledger is still unreachable", async () => {
    const { journal, records, fail: failDisk } = failingJournal();
    const { client, clock, fail } = budgeted({ journal });
    const guard = await client.reserve(request);
    failDisk("put");
    fail("commit", ...Array.from({ length: 9 }, () => "drop before" as const));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(10_000);
    expect(await settling).toMatchObject({ state: "queued", durable: true });
    expect([...records.keys()]).toEqual([guard.id]);
  });

  it("keeps a spend durable by its first record if a later one cannot be written", async () => {
    const { journal, records, fail: failDisk } = failingJournal();
    const { client, clock, fail } = budgeted({ journal });
    const guard = await client.reserve(request);
    fail("commit", rateLimited(600));
    const settling = guard.commit(usd("0.3"));
    failDisk("put");
    await clock.advance(10_000);
    expect(await settling).toMatchObject({ state: "queued", durable: true });
    expect(records.size).toBe(1);
  });

  it("reports a refused spend as kept only if its record was set aside", async () => {
    const { journal, aside, fail: failDisk } = failingJournal();
    const { client, fail, notices } = budgeted({ journal });
    for (const failures of [["put"], ["put", "put"]]) {
      const guard = await client.reserve(request);
      failDisk(...failures);
      fail("commit", refusal(409, "BUDGET_EXCEEDED"));
      await expect(guard.commit(usd("0.3"))).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
      await guard.close();
    }
    const kept = notices.flatMap((notice) =>
      notice.type === "settlement_failed" ? [notice.kept] : [],
    );
    expect(kept).toEqual([true, false]);
    expect(aside).toHaveLength(1);
  });

  it("removes a record with the next spend if it could not remove it before", async () => {
    const { journal, records, fail: failDisk } = failingJournal();
    const { client } = budgeted({ journal });
    const commit = async () => (await client.reserve(request)).commit(usd("0.1"));
    failDisk("remove");
    await commit();
    expect(records.size).toBe(1);
    await commit();
    expect(records.size).toBe(0);
  });
});
