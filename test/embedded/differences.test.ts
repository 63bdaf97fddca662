import { describe, expect, it } from "vitest";
import { cents, embedded, idOf } from "./http.js";

/** Each test belongs to a point of "Where the authority differs from the server" in docs/testing.md. */
describe.each(["server", "prose"] as const)("under the %s rules, the authority", (rules) => {
  it("refuses amounts beyond 2^53 − 1, which the server accepts", async () => {
    const { reserve } = embedded({ rules });
    const { status, body } = await reserve(2 ** 53);
    expect([status, body.error]).toEqual([400, "INVALID_REQUEST"]);
    expect(body.message).toContain("estimate.amount");
  });

  it.each([
    ["a fraction", { estimate: cents(1.5) }],
    ["text for a number", { estimate: { unit: "USD_MICROCENTS", amount: "5" } }],
    ["a number for a key", { idempotency_key: 7 }],
    ["null for an optional member", { ttl_ms: null }],
    ["null for a level of the subject", { subject: { tenant: "acme", agent: null } }],
  ])("refuses %s, which the server converts", async (_, more) => {
    const { status, body } = await embedded({ rules }).reserve(1, more);
    expect([status, body.error]).toEqual([400, "INVALID_REQUEST"]);
  });

  it("refuses bodies that are too long, too deep or without the content type of JSON", async () => {
    const { reserve, call } = embedded({ rules });
    expect((await reserve(1, { metadata: { text: "x".repeat(2 ** 20) } })).status).toBe(413);
    const deep = `{"a":`.repeat(101) + "1" + "}".repeat(101);
    expect((await call("createReservation", deep)).status).toBe(400);
    const headers = { "Content-Type": "text/plain" };
    expect((await call("createReservation", "{}", { headers })).status).toBe(415);
  });

  it("returns the first response to a repeated extend even after the expiry, unlike the server's 410", async () => {
    const { reserve, extend, clock } = embedded({ rules });
    const id = idOf(await reserve(1));
    const first = await extend(id, 1_000, { idempotency_key: "k" });
    await clock.advance(3_600_000);
    const again = await extend(id, 1_000, { idempotency_key: "k" });
    expect([again.status, again.body]).toEqual([200, { ...first.body, remaining_ttl_ms: 0 }]);
  });

  it("expires a reservation on time, while the server waits for its sweep", async () => {
    const { reserve, list, clock } = embedded({ rules });
    await reserve(1, { ttl_ms: 1_000, grace_period_ms: 0 });
    await clock.advance(1_001);
    expect((await list()).body.reservations).toMatchObject([{ status: "EXPIRED" }]);
  });

  it("returns children only with include_children, while the server always does", async () => {
    const budgets = { "tenant:acme": cents(1), "tenant:acme/agent:bot": cents(1) };
    const { balances } = embedded({ rules, budgets });
    expect((await balances("?tenant=acme")).body.balances).toHaveLength(1);
    expect((await balances("?tenant=acme&include_children=true")).body.balances).toHaveLength(2);
  });

  it("lets a closed tenant read, although the server revokes its keys", async () => {
    const { authority, reserve, get, list, balances } = embedded({ rules });
    const id = idOf(await reserve(1));
    authority.closeTenant("acme");
    for (const { status } of [await get(id), await list(), await balances("?tenant=acme")]) {
      expect(status).toBe(200);
    }
  });

  it("sorts every list, even without sort_by", async () => {
    const { reserve, list, clock } = embedded({ rules });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.unshift(idOf(await reserve(1)));
      await clock.advance(1);
    }
    const rows = ids.map((reservation_id) => ({ reservation_id }));
    expect((await list()).body.reservations).toMatchObject(rows);
  });

  it("keeps a key and an ended reservation, which the server deletes after a time", async () => {
    const { event, reserve, release, get, clock, ledger } = embedded({ rules });
    await event(1, { idempotency_key: "k" });
    const id = idOf(await reserve(1));
    await release(id);
    await clock.advance(365 * 86_400_000);
    expect((await event(1, { idempotency_key: "k" })).status).toBe(201);
    expect(ledger().spent).toBe(1);
    expect((await get(id)).status).toBe(200);
  });

  it("responds with 404 to unknown paths and 405 to wrong methods, while the server responds with 500", async () => {
    const { authority } = embedded({ rules });
    expect((await authority.fetch("http://x/nowhere")).status).toBe(404);
    expect((await authority.fetch("http://x/v1/events", { method: "PUT" })).status).toBe(405);
  });

  it("signs evidence only with the option evidence", async () => {
    const { reserve, call } = embedded({ rules });
    expect((await reserve(1)).body).not.toHaveProperty("cycles_evidence");
    expect((await call("getEvidenceJwks", undefined, { key: null })).status).toBe(404);
    const signing = embedded({ rules, evidence: true });
    expect((await signing.reserve(1)).body).toHaveProperty("cycles_evidence");
  });

  it("names the scope and the amounts in its messages, while the server names few of them", async () => {
    const { body } = await embedded({ rules }).reserve(101);
    expect(body.message).toBe(
      "Budget exceeded for scope tenant:acme: 101 USD_MICROCENTS requested, 100 remaining",
    );
  });
});
