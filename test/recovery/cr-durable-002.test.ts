import { beforeAll, describe, expect, it, vi } from "vitest";
import { request } from "../support/responses.js";
import { actual, scene } from "./scene.js";

describe("CR-DURABLE-002: a replayed commit becomes an event, and the process dies before that arrives", () => {
  const world = scene();
  let first: Awaited<ReturnType<typeof world.leaveBehind>>;
  /** The event of the second process, and the records at that time. */
  const lost: { event: unknown; records: Record<string, unknown>[] }[] = [];
  beforeAll(async () => {
    first = await world.leaveBehind();
    await world.clock.advance(600_000);
    // The second process dies while it sends its event, which never arrives.
    const second = world.open({
      fetch: (url, init) => {
        if (!url.endsWith("/events")) return world.authority.fetch(url, init);
        lost.push({ event: init.body, records: world.records() });
        return new Promise(() => undefined);
      },
    });
    void second.recover();
    await vi.waitUntil(() => lost.length === 1, { timeout: 10_000 });
    const third = world.open();
    await third.recover();
    await third.close();
  });

  it("sends commit_same_key_after_restart, event_same_key_after_restart", () => {
    const [commit, event, ...more] = world.sent();
    expect([commit, event, more]).toEqual([
      { name: "commit", key: first.key },
      { name: "event", key: first.key },
      [],
    ]);
    expect(world.authority.requests[0]?.body).toBe(first.body);
    expect(first.record).toMatchObject({ mode: "commit", commit_body: JSON.parse(first.body) });
  });

  it("event_mode_is_persisted_before_event_attempt", () => {
    const { event, records } = lost[0] ?? {};
    expect(records).toMatchObject([
      {
        ...first.record,
        mode: "event",
        event_fallback_body: JSON.parse(String(event)),
        // The server has not seen the key among its events before.
        recorded_at_ms: expect.any(Number),
      },
    ]);
    expect(world.lastSent()).toEqual({ key: first.key, body: event });
  });

  it("successful_event_removes_record", () => {
    expect(world.files()).toEqual([]);
    expect(world.authority.requests.at(-1)?.request).toMatchObject({
      action: request.action,
      actual,
      metadata: {
        recovered_reservation_id: first.id,
        recovery_reason: "commit_after_reservation_expired",
      },
    });
  });

  it("settlement_occurs_at_most_once", () => {
    expect(world.spent()).toBe(actual.amount);
  });
});
