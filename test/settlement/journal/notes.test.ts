import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { files, lines, logs, noted, notes, turns, until } from "../../support/noted.js";
import { refusal, request } from "../../support/responses.js";

/** A guard whose journal is open. */
async function guarded(options: Parameters<typeof noted>[0] = {}) {
  const world = noted(options);
  const dir = world.folder();
  const owner = world.open(dir);
  await owner.client.recover();
  const guard = await owner.client.reserve({ ...request, ttl_ms: 60_000 }, { heartbeat: false });
  const amounts = () => notes(dir).map(({ commit }) => commit?.actual.amount);
  return { ...world, dir, owner, guard, amounts };
}

const cents = (count: number) => usd(`0.0${count}`);

describe("a note", () => {
  it("is in the log at the end of the turn, with what its commit needs", async () => {
    const { guard, dir } = await guarded();
    guard.setActual(cents(1), { metrics: { tokens_input: 7 }, metadata: { step: 3 } });
    await turns(1);
    expect(notes(dir)).toEqual([
      expect.objectContaining({
        reservation_id: guard.id,
        until: guard.expiresAt + 5_000,
        commit: {
          idempotency_key: expect.any(String) as string,
          actual: cents(1),
          metrics: { tokens_input: 7 },
          metadata: { step: 3 },
        },
      }),
    ]);
  });

  it("names the end of the lease with the grace period that was asked for", async () => {
    const { owner, dir } = await guarded();
    const guard = await owner.client.reserve(
      { ...request, ttl_ms: 30_000, grace_period_ms: 0 },
      { heartbeat: false },
    );
    guard.setActual(cents(1));
    await turns(1);
    expect(notes(dir)[0]?.until).toBe(guard.expiresAt);
  });

  it("is written at most once in 250 ms, and the last one within 250 ms", async () => {
    const { guard, advance, owner, amounts } = await guarded();
    guard.setActual(cents(1));
    await turns(1);
    for (let count = 2; count <= 6; count += 1) {
      guard.setActual(cents(count));
      await advance(50, owner);
    }
    expect(amounts()).toEqual([1_000_000, 6_000_000]);
    guard.setActual(cents(7));
    await advance(249, owner);
    expect(amounts()).toHaveLength(2);
    await advance(1, owner);
    expect(amounts().at(-1)).toBe(7_000_000);
    await advance(60_000, owner);
    expect(amounts()).toHaveLength(3);
  });

  it("does not wait for the notes of other guards", async () => {
    const { guard, advance, owner, amounts } = await guarded();
    const other = await owner.client.reserve(request, { heartbeat: false });
    guard.setActual(cents(1));
    await advance(100, owner);
    other.setActual(cents(2));
    guard.setActual(cents(3));
    await turns(1);
    expect(amounts()).toEqual([1_000_000, 2_000_000]);
    other.setActual(cents(4));
    await advance(150, owner);
    expect(amounts().slice(2)).toEqual([3_000_000]);
    await advance(100, owner);
    expect(amounts().slice(2)).toEqual([3_000_000, 4_000_000]);
  });

  it("has the key that the commit uses", async () => {
    const { guard, dir, sent } = await guarded();
    guard.setActual(cents(1));
    await turns(1);
    const key = notes(dir)[0]?.commit?.idempotency_key;
    await guard.commit(cents(2));
    expect(sent("commit").map((body) => body.idempotency_key)).toEqual([key]);
  });

  it("has another key after a refusal, which the next commit uses", async () => {
    const { guard, dir, sent, authority } = await guarded();
    guard.setActual(cents(1));
    await turns(1);
    authority.faults.on("commitReservation").respond(409, refusal(409, "BUDGET_EXCEEDED"));
    await expect(guard.commit()).rejects.toThrow();
    guard.setActual(cents(2));
    await turns(1);
    await guard.commit();
    const [first, second] = sent("commit").map((body) => body.idempotency_key);
    expect(second).not.toBe(first);
    const last = notes(dir).at(-1)?.commit;
    expect(last === undefined || last.idempotency_key === second).toBe(true);
  });

  it("is not written if its commit follows in the same turn", async () => {
    const { guard, dir } = await guarded();
    guard.setActual(cents(1));
    await guard.commit();
    expect(lines(dir).filter((line) => line.commit)).toHaveLength(1);
    expect(notes(dir)).toEqual([]);
  });

  it("is replaced by the spend, and leaves no file once that is recorded", async () => {
    const { guard, dir, advance, owner } = await guarded();
    guard.setActual(cents(1));
    await turns(1);
    await guard.close();
    await advance(1_000, owner);
    expect(files(dir)).toEqual([]);
  });

  it("that waits is dropped when the guard commits", async () => {
    const { guard, dir, advance, owner } = await guarded();
    guard.setActual(cents(1));
    await turns(1);
    guard.setActual(cents(2));
    await guard.commit();
    await advance(20_000, owner);
    expect(files(dir)).toEqual([]);
    expect(owner.clock.pending).toBe(0);
  });

  it("is not written with journalMode files", async () => {
    const { guard, dir } = await guarded({ journalMode: "files" });
    guard.setActual(cents(1));
    await turns();
    expect(files(dir)).toEqual([]);
    await guard.commit();
  });

  it("is not written into a custom journal", async () => {
    const calls: string[] = [];
    const journal = {
      put: () => void calls.push("put"),
      remove: () => void calls.push("remove"),
      setAside: () => undefined,
      list: () => Promise.resolve([]),
    };
    const { guard } = await guarded({ journal });
    guard.setActual(cents(1));
    await turns();
    expect(calls).toEqual([]);
    await guard.commit();
    expect(calls).toEqual(["put", "remove"]);
  });

  it("survives the rotation of its log", async () => {
    const { guard, dir, owner } = await guarded();
    guard.setActual(cents(1));
    await turns(1);
    const metadata = { text: "x".repeat(30_000) };
    for (let count = 0; count < 60; count += 1) {
      const other = await owner.client.reserve({ ...request, estimate: cents(1) });
      await other.commit(cents(1), { metadata });
    }
    expect(logs(dir).length).toBeLessThanOrEqual(2);
    const marked = new Set(lines(dir).flatMap(({ done = [] }) => done));
    const open = notes(dir).filter(({ n = 0 }) => !marked.has(n));
    expect(open.map(({ commit }) => commit?.actual)).toEqual([cents(1)]);
    await guard.close();
  });

  it("is not lost when a later note cannot be written", async () => {
    const { guard, dir, advance, owner } = await guarded();
    guard.setActual(cents(1));
    await turns(1);
    let isBroken = true;
    guard.setActual(cents(2), {
      get metadata(): Record<string, unknown> {
        return isBroken ? { now: owner.clock.now() } : {};
      },
    });
    owner.clock.now = () => {
      if (isBroken) throw new Error("the clock is broken");
      return 1_767_225_600_000;
    };
    await advance(2_000, owner);
    expect(notes(dir).map(({ commit }) => commit?.actual.amount)).toEqual([1_000_000]);
    isBroken = false;
    await guard.close();
  });
});

describe("a clock that jumps", () => {
  it("does not keep notes from the log", async () => {
    const { guard, advance, owner, amounts } = await guarded();
    const monotonic = owner.clock.monotonic.bind(owner.clock);
    await advance(3_600_000, owner);
    guard.setActual(cents(1));
    await turns(1);
    owner.clock.monotonic = () => monotonic() - 3_000_000;
    guard.setActual(cents(2));
    await advance(250, owner);
    expect(amounts()).toEqual([1_000_000, 2_000_000]);
    await guard.commit();
  });

  it("does not throw out of setActual, nor spin", async () => {
    const { guard, owner } = await guarded();
    guard.setActual(cents(1));
    let calls = 0;
    owner.clock.monotonic = () => {
      calls += 1;
      if (calls > 1_000) throw new Error("the client spins");
      return NaN;
    };
    expect(() => {
      guard.setActual(cents(2));
    }).not.toThrow();
    owner.clock.monotonic = () => {
      throw new Error("the clock is broken");
    };
    expect(() => {
      guard.setActual(cents(3));
    }).not.toThrow();
    await until(() => guard.state === "open");
  });
});
