import { describe, expect, it } from "vitest";
import { cents, embedded, START } from "./http.js";

const key = { idempotency_key: "same" };

describe("a repeated key", () => {
  it("reserves once and gets the first answer, with the time that is left now", async () => {
    const { reserve, clock, ledger } = embedded();
    const first = await reserve(10, key);
    await clock.advance(7_000);
    const again = await reserve(10, key);
    expect(again.body).toEqual({ ...first.body, remaining_ttl_ms: 53_000 });
    expect(ledger().reserved).toBe(10);
  });

  it("is answered after the reservation is settled or gone, with no time left", async () => {
    const { reserve, commit, clock } = embedded();
    const first = await reserve(10, key);
    await commit(first.body.reservation_id, 10);
    expect((await reserve(10, key)).body).toEqual({ ...first.body, remaining_ttl_ms: 0 });
    await reserve(10, { idempotency_key: "lapses" });
    await clock.advance(70_000);
    const lapsed = await reserve(10, { idempotency_key: "lapses" });
    expect([lapsed.status, lapsed.body.remaining_ttl_ms]).toEqual([200, 0]);
  });

  it("understates the time left where another extension moved the expiry since", async () => {
    const { reserve, extend, clock } = embedded();
    const { body } = await reserve(10, { ttl_ms: 10_000 });
    const first = await extend(body.reservation_id, 5_000, key);
    await extend(body.reservation_id, 50_000);
    await clock.advance(1_000);
    const again = await extend(body.reservation_id, 5_000, key);
    expect(again.body).toEqual({ ...first.body, remaining_ttl_ms: 14_000 });
    expect(again.body.expires_at_ms).toBe(START + 15_000);
    await clock.advance(20_000);
    expect((await extend(body.reservation_id, 5_000, key)).body.remaining_ttl_ms).toBe(0);
  });

  it("settles once, and is answered alike after the lease has ended", async () => {
    const { reserve, commit, release, clock, ledger } = embedded();
    const one = (await reserve(10)).body.reservation_id;
    const two = (await reserve(10)).body.reservation_id;
    const committed = await commit(one, 7, key);
    const released = await release(two, key);
    await clock.advance(100_000);
    expect((await commit(one, 7, key)).body).toEqual(committed.body);
    expect((await release(two, key)).body).toEqual(released.body);
    expect(ledger()).toMatchObject({ spent: 7, reserved: 0 });
  });

  it("records an event once and decides once", async () => {
    const { event, decide, ledger } = embedded();
    const first = await event(30, key);
    expect((await event(30, key)).body).toEqual(first.body);
    const decision = await decide(70, key);
    await event(50);
    expect((await decide(70, key)).body).toEqual(decision.body);
    expect(ledger().spent).toBe(80);
  });

  it("with another body is refused", async () => {
    const { reserve, commit, event } = embedded();
    const { body } = await reserve(10, key);
    const answer = await reserve(11, key);
    expect([answer.status, answer.body.error]).toEqual([409, "IDEMPOTENCY_MISMATCH"]);
    await commit(body.reservation_id, 1, key);
    expect((await commit(body.reservation_id, 2, key)).body.error).toBe("IDEMPOTENCY_MISMATCH");
    await event(1, key);
    expect((await event(2, key)).status).toBe(409);
  });

  it("compares bodies without regard to the order of their keys", async () => {
    const { reserve, ledger } = embedded();
    await reserve(10, { ...key, metadata: { a: 1, b: [{ c: 1, d: 2 }] } });
    const again = await reserve(10, { metadata: { b: [{ d: 2, c: 1 }], a: 1 }, ...key });
    expect(again.status).toBe(200);
    expect(ledger().reserved).toBe(10);
    const other = await reserve(10, { ...key, metadata: { a: 1, b: [{ c: 1, d: 3 }] } });
    expect(other.status).toBe(409);
  });

  it("belongs to one tenant, one endpoint and one reservation", async () => {
    const { authority, reserve, commit, event, ledger } = embedded({
      budgets: { "tenant:acme": cents(100), "tenant:b": cents(100) },
    });
    const one = (await reserve(10, key)).body.reservation_id;
    const two = (await reserve(10)).body.reservation_id;
    expect((await commit(one, 10, key)).status).toBe(200);
    expect((await commit(two, 5, key)).body.charged).toEqual(cents(5));
    expect((await event(1, key)).status).toBe(201);
    const other = await reserve(
      20,
      { ...key, subject: { tenant: "b" } },
      { key: authority.apiKey("b") },
    );
    expect(other.status).toBe(200);
    expect(ledger("tenant:b").reserved).toBe(20);
  });

  it("is free again after a refusal", async () => {
    const { reserve, authority } = embedded();
    expect((await reserve(150, key)).status).toBe(409);
    authority.fund("tenant:acme", cents(50));
    expect((await reserve(150, key)).status).toBe(200);
  });

  it("is answered for a tenant that was closed since; a fresh one is not", async () => {
    const { reserve, commit, release, extend, event, decide, get, list, authority } = embedded();
    const { body } = await reserve(10, key);
    const settled = (await reserve(10)).body.reservation_id;
    await commit(settled, 10, key);
    authority.closeTenant("acme");
    expect((await reserve(10, key)).status).toBe(200);
    expect((await commit(settled, 10, key)).status).toBe(200);
    const refused = [
      await reserve(1),
      await event(1),
      await commit(body.reservation_id, 1),
      await release(settled),
      await extend(settled, 1),
    ];
    for (const answer of refused) {
      expect([answer.status, answer.body.error]).toEqual([409, "TENANT_CLOSED"]);
    }
    const denied = { decision: "DENY", reason_code: "TENANT_CLOSED" };
    expect((await decide(1)).body).toMatchObject(denied);
    expect((await reserve(1, { dry_run: true })).body).toMatchObject(denied);
    expect((await get(settled)).status).toBe(200);
    expect((await list()).body.reservations).toHaveLength(2);
  });

  it("replays a dry run without having reserved anything", async () => {
    const { reserve, ledger, list } = embedded();
    const first = await reserve(10, { ...key, dry_run: true });
    expect((await reserve(10, { ...key, dry_run: true })).body).toEqual(first.body);
    expect((await reserve(10, key)).status).toBe(409);
    expect(ledger().reserved).toBe(0);
    expect((await list("?idempotency_key=same")).body.reservations).toEqual([]);
  });
});

describe("a key in the header", () => {
  it("may repeat the body's, and must not differ from it", async () => {
    const { reserve } = embedded();
    const headers = { "X-Idempotency-Key": "same" };
    expect((await reserve(1, key, { headers })).status).toBe(200);
    const answer = await reserve(1, { idempotency_key: "other" }, { headers });
    expect([answer.status, answer.body.error]).toEqual([400, "INVALID_REQUEST"]);
    expect(answer.body.message).toContain("idempotency_key");
  });
});
