import { describe, expect, it } from "vitest";
import { cents, embedded, START } from "./http.js";

const key = { idempotency_key: "same" };

describe("a repeated key", () => {
  it("reserves once and gets the first response, with the time that remains now [key-3 key-7]", async () => {
    const { reserve, clock, ledger } = embedded();
    const first = await reserve(10, key);
    await clock.advance(7_000);
    const again = await reserve(10, key);
    expect(again.body).toEqual({ ...first.body, remaining_ttl_ms: 53_000 });
    expect(ledger().reserved).toBe(10);
  });

  it("gets the first response after the reservation is settled or expired, with no time remaining [key-7]", async () => {
    const { reserve, commit, clock } = embedded();
    const first = await reserve(10, key);
    await commit(first.body.reservation_id, 10);
    expect((await reserve(10, key)).body).toEqual({ ...first.body, remaining_ttl_ms: 0 });
    await reserve(10, { idempotency_key: "lapses" });
    await clock.advance(70_000);
    const lapsed = await reserve(10, { idempotency_key: "lapses" });
    expect([lapsed.status, lapsed.body.remaining_ttl_ms]).toEqual([200, 0]);
  });

  it("gets the first response in the grace period, with no time remaining [key-7]", async () => {
    const { reserve, clock, get } = embedded();
    const first = await reserve(10, key);
    await clock.advance(61_000);
    expect((await reserve(10, key)).body).toEqual({ ...first.body, remaining_ttl_ms: 0 });
    expect((await get(first.body.reservation_id)).body.status).toBe("ACTIVE");
  });

  it("understates the remaining time if another extension has moved the expiry since [key-5]", async () => {
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

  it("settles once, and gets the same response after the lease has ended [key-4]", async () => {
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

  it("records an event once, and decides once [key-6]", async () => {
    const { event, decide, ledger } = embedded();
    const first = await event(30, key);
    expect((await event(30, key)).body).toEqual(first.body);
    const decision = await decide(70, key);
    await event(50);
    expect((await decide(70, key)).body).toEqual(decision.body);
    expect(ledger().spent).toBe(80);
  });

  it.each(["decide", "reserve", "event", "commit", "release", "extend"] as const)(
    "of %s with another body is refused and changes nothing [key-8]",
    async (operation) => {
      const world = embedded();
      const id = (await world.reserve(1)).body.reservation_id as string;
      const send = (body: object) =>
        ({
          decide: () => world.decide(1, body),
          reserve: () => world.reserve(1, body),
          event: () => world.event(1, body),
          commit: () => world.commit(id, 1, body),
          release: () => world.release(id, body),
          extend: () => world.extend(id, 1, body),
        })[operation]();
      const changed = operation === "release" ? { reason: "other" } : { metadata: { a: 1 } };
      const first = await send(key);
      const before = world.ledger();
      const other = await send({ ...key, ...changed });
      expect([other.status, other.body.error]).toEqual([409, "IDEMPOTENCY_MISMATCH"]);
      expect(world.ledger()).toEqual(before);
      expect((await send(key)).status).toBe(first.status);
    },
  );

  it("with another body is refused", async () => {
    const { reserve, commit, event } = embedded();
    const { body } = await reserve(10, key);
    const response = await reserve(11, key);
    expect([response.status, response.body.error]).toEqual([409, "IDEMPOTENCY_MISMATCH"]);
    await commit(body.reservation_id, 1, key);
    expect((await commit(body.reservation_id, 2, key)).body.error).toBe("IDEMPOTENCY_MISMATCH");
    await event(1, key);
    expect((await event(2, key)).status).toBe(409);
  });

  it("matches a body whose properties are in another order [key-9]", async () => {
    const { reserve, ledger } = embedded();
    const subject = { tenant: "acme", agent: "bot" };
    await reserve(10, { ...key, subject, metadata: { a: 1 } });
    const reordered = { metadata: { a: 1 }, ...key, subject: { agent: "bot", tenant: "acme" } };
    expect((await reserve(10, reordered)).status).toBe(200);
    expect(ledger().reserved).toBe(10);
    const other = { ...reordered, metadata: { a: 2 } };
    expect((await reserve(10, other)).status).toBe(409);
  });

  it("belongs to one tenant, one endpoint and one reservation [key-2]", async () => {
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

  it("is free again after a refusal [key-10]", async () => {
    const { reserve, authority } = embedded();
    expect((await reserve(150, key)).status).toBe(409);
    authority.fund("tenant:acme", cents(50));
    expect((await reserve(150, key)).status).toBe(200);
  });

  it("of a commit is free again after a refusal [key-10]", async () => {
    const { reserve, commit } = embedded();
    const { body } = await reserve(100, { overage_policy: "REJECT" });
    expect((await commit(body.reservation_id, 101, key)).status).toBe(409);
    expect((await commit(body.reservation_id, 99, key)).body.charged).toEqual(cents(99));
  });

  it("gets the earlier decision and the earlier event after its tenant was closed [closed-4]", async () => {
    const { decide, reserve, event, authority } = embedded();
    const before = [
      await decide(1, key),
      await reserve(1, { ...key, dry_run: true }),
      await event(1, key),
    ];
    authority.closeTenant("acme");
    const after = [
      await decide(1, key),
      await reserve(1, { ...key, dry_run: true }),
      await event(1, key),
    ];
    expect(after.map(({ status }) => status)).toEqual([200, 200, 201]);
    expect(after.map(({ body }) => body as object)).toEqual(
      before.map(({ body }) => body as object),
    );
  });

  it("gets the first response after its tenant was closed, and a new key is refused [closed-1 closed-2 closed-3 closed-4 closed-5]", async () => {
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
    for (const response of refused) {
      expect([response.status, response.body.error]).toEqual([409, "TENANT_CLOSED"]);
    }
    const denied = { decision: "DENY", reason_code: "TENANT_CLOSED" };
    expect((await decide(1)).body).toMatchObject(denied);
    expect((await reserve(1, { dry_run: true })).body).toMatchObject(denied);
    expect((await get(settled)).status).toBe(200);
    expect((await list()).body.reservations).toHaveLength(2);
  });

  it("replays a dry run, which has reserved nothing [evaluate-1]", async () => {
    const { reserve, ledger, list } = embedded();
    const first = await reserve(10, { ...key, dry_run: true });
    expect((await reserve(10, { ...key, dry_run: true })).body).toEqual(first.body);
    expect((await reserve(10, key)).status).toBe(409);
    expect(ledger().reserved).toBe(0);
    expect((await list("?idempotency_key=same")).body.reservations).toEqual([]);
  });
});

describe("a key in the header", () => {
  it("may repeat the key in the body, but must not differ from it [key-1]", async () => {
    const { reserve } = embedded();
    const headers = { "X-Idempotency-Key": "same" };
    expect((await reserve(1, key, { headers })).status).toBe(200);
    const response = await reserve(1, { idempotency_key: "other" }, { headers });
    expect([response.status, response.body.error]).toEqual([400, "INVALID_REQUEST"]);
    expect(response.body.message).toContain("idempotency_key");
  });

  it.each(["decide", "event", "commit", "release", "extend"] as const)(
    "must not differ from the key in the body for %s either [key-1]",
    async (operation) => {
      const { reserve, decide, event, commit, release, extend } = embedded();
      const id = (await reserve(1)).body.reservation_id as string;
      const call = { headers: { "X-Idempotency-Key": "same" } };
      const other = { idempotency_key: "other" };
      const response = await {
        decide: () => decide(1, other, call),
        event: () => event(1, other, call),
        commit: () => commit(id, 1, other, call),
        release: () => release(id, other, call),
        extend: () => extend(id, 1, other, call),
      }[operation]();
      expect([response.status, response.body.error]).toEqual([400, "INVALID_REQUEST"]);
    },
  );

  it("does not replace the key in the body [key-1]", async () => {
    const { reserve } = embedded();
    const headers = { "X-Idempotency-Key": "same" };
    const { status, body } = await reserve(1, { idempotency_key: undefined }, { headers });
    expect([status, body.message]).toEqual([400, "idempotency_key: is required"]);
  });
});
