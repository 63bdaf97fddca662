import { describe, expect, it } from "vitest";
import { embedded } from "./http.js";

const RETENTION_MS = 60_000;
const forgetful = { retentionMs: RETENTION_MS };

describe("without a retention", () => {
  it("a reservation and its keys are kept forever", async () => {
    const { clock, reserve, commit, get } = embedded();
    const { body } = await reserve(10, { idempotency_key: "k" });
    await commit(body.reservation_id, 5, { idempotency_key: "c" });
    await clock.advance(400 * 86_400_000);
    expect((await get(body.reservation_id)).body.status).toBe("COMMITTED");
    const again = await commit(body.reservation_id, 5, { idempotency_key: "c" });
    expect(again.status).toBe(200);
  });
});

describe("with a retention", () => {
  it.each(["commit", "release"] as const)("a reservation is deleted after its %s", async (end) => {
    const { clock, reserve, commit, release, get } = embedded(forgetful);
    const { body } = await reserve(10);
    const id = body.reservation_id as string;
    await clock.advance(10_000);
    await (end === "commit" ? commit(id, 5) : release(id));
    await clock.advance(RETENTION_MS);
    expect((await get(id)).status).toBe(200);
    await clock.advance(1);
    expect((await get(id)).status).toBe(404);
  });

  it("an expired reservation is deleted as long after its expiry", async () => {
    const { clock, reserve, get } = embedded(forgetful);
    const { body } = await reserve(10, { ttl_ms: 5_000, grace_period_ms: 0 });
    await clock.advance(5_001);
    expect((await get(body.reservation_id)).status).toBe(410);
    await clock.advance(RETENTION_MS + 1);
    expect((await get(body.reservation_id)).status).toBe(404);
  });

  it("an active reservation is never deleted, nor is its key", async () => {
    const { clock, reserve, get } = embedded(forgetful);
    const again = { idempotency_key: "k", ttl_ms: 10 * RETENTION_MS };
    const { body } = await reserve(10, again);
    await clock.advance(5 * RETENTION_MS);
    expect((await get(body.reservation_id)).body.status).toBe("ACTIVE");
    expect((await reserve(10, again)).body.reservation_id).toBe(body.reservation_id);
  });

  it("the key of an event charges again after it is deleted, and not before", async () => {
    const { clock, event, ledger } = embedded(forgetful);
    const key = { idempotency_key: "k" };
    await event(5, key);
    await clock.advance(RETENTION_MS);
    await event(5, key);
    expect(ledger().spent).toBe(5);
    await clock.advance(1);
    await event(5, key);
    expect(ledger().spent).toBe(10);
  });

  it("all keys of a reservation count as new after it is deleted", async () => {
    const { clock, reserve, extend, commit, ledger } = embedded(forgetful);
    const { body } = await reserve(10, { idempotency_key: "r" });
    const id = body.reservation_id as string;
    await extend(id, 1_000, { idempotency_key: "e" });
    await commit(id, 5, { idempotency_key: "c" });
    expect((await reserve(20, { idempotency_key: "r" })).status).toBe(409);
    await clock.advance(RETENTION_MS + 1);
    const again = await reserve(20, { idempotency_key: "r" });
    expect(again.status).toBe(200);
    expect(again.body.reservation_id).not.toBe(id);
    expect(ledger()).toMatchObject({ spent: 5, reserved: 20 });
    expect((await commit(id, 6, { idempotency_key: "c" })).status).toBe(404);
  });

  it("the balances stay the same", async () => {
    const { clock, reserve, commit, ledger, list } = embedded(forgetful);
    for (let count = 0; count < 20; count += 1) {
      const { body } = await reserve(3);
      await commit(body.reservation_id, 2);
      await clock.advance(RETENTION_MS / 4);
    }
    expect(ledger()).toMatchObject({ spent: 40, reserved: 0 });
    expect((await list()).body.reservations.length).toBeLessThan(6);
  });
});

describe("with a limit on what is kept", () => {
  const bounded = { keepEnded: 6 };

  it("the reservations that ended first are deleted with their keys, and active ones are kept", async () => {
    const { reserve, commit, get, ledger } = embedded(bounded);
    const active = await reserve(1);
    const ids: string[] = [];
    for (const key of ["a", "b", "c"]) {
      const { body } = await reserve(1, { idempotency_key: key });
      ids.push(body.reservation_id);
      await commit(body.reservation_id, 1, { idempotency_key: key });
    }
    const statuses = async () => Promise.all(ids.map(async (id) => (await get(id)).status));
    expect(await statuses()).toEqual([404, 200, 200]);
    expect((await get(active.body.reservation_id)).status).toBe(200);
    const [repeated, anew] = [
      await reserve(1, { idempotency_key: "b" }),
      await reserve(1, { idempotency_key: "a" }),
    ];
    expect(repeated.body.reservation_id).toBe(ids[1]);
    expect(anew.body.reservation_id).not.toBe(ids[0]);
    expect(ledger()).toMatchObject({ spent: 3, reserved: 2 });
  });

  it("the key of an event counts as one", async () => {
    const { event, ledger } = embedded(bounded);
    for (const key of "abcdefg") await event(1, { idempotency_key: key });
    for (const key of "bcdefg") await event(1, { idempotency_key: key });
    expect(ledger().spent).toBe(7);
    await event(1, { idempotency_key: "a" });
    expect(ledger().spent).toBe(8);
  });

  it("must be a whole number", () => {
    expect(() => embedded({ keepEnded: -1 })).toThrow("keepEnded must be a whole number from 0 up");
  });
});

describe("with a limit of rows", () => {
  it("a request with much metadata counts as many", async () => {
    const { event, ledger } = embedded({ keepEnded: 30 });
    const metadata = { text: "x".repeat(10_240) };
    for (const idempotency_key of ["a", "b", "c", "a", "c"]) {
      await event(1, { idempotency_key, metadata });
    }
    expect(ledger().spent).toBe(4); // "a" was deleted when "c" came
  });

  it("a reservation counts the metadata of its reserve and of its commit", async () => {
    const { reserve, commit, get } = embedded({ keepEnded: 30 });
    const metadata = { text: "x".repeat(10_240) };
    const settled = async () => {
      const { body } = await reserve(1, { metadata });
      await commit(body.reservation_id, 1, { metadata });
      return body.reservation_id as string;
    };
    const [first, second] = [await settled(), await settled()];
    expect((await get(first)).status).toBe(404);
    expect((await get(second)).status).toBe(200);
  });
});
