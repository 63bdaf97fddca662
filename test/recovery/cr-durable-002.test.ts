import { beforeAll, describe, expect, it, vi } from "vitest";
import { actual, request, scene } from "./scene.js";

describe("CR-DURABLE-002: a commit that is replayed has expired, and the process dies after the switch", () => {
  const world = scene();
  let id = "";
  const modesAtTheEvent: unknown[] = [];
  beforeAll(async () => {
    id = await world.leaveBehind();
    await world.clock.advance(600_000);
    // The second process dies with its event on the tongue: nothing of it arrives.
    const second = world.open({
      fetch: (url, init) => {
        if (!url.endsWith("/events")) return world.authority.fetch(url, init);
        modesAtTheEvent.push(...world.records().map(({ mode }) => mode));
        return new Promise(() => undefined);
      },
    });
    void second.recover();
    await vi.waitUntil(() => modesAtTheEvent.length === 1, { timeout: 10_000 });
    const third = world.open();
    await third.recover();
    await third.close();
  });

  it("sends commit_same_key_after_restart, event_same_key_after_restart", () => {
    const [commit, event, ...more] = world.sent();
    expect([commit?.name, event?.name, more]).toEqual(["commit", "event", []]);
    expect(event?.key).toBe(commit?.key);
  });

  it("event_mode_is_persisted_before_event_attempt", () => {
    expect(modesAtTheEvent).toEqual(["event"]);
  });

  it("successful_event_removes_record", () => {
    expect(world.files()).toEqual([]);
    expect(world.authority.requests.at(-1)?.request).toMatchObject({
      action: request.action,
      actual,
      metadata: {
        recovered_reservation_id: id,
        recovery_reason: "commit_after_reservation_expired",
      },
    });
  });

  it("settlement_occurs_at_most_once", () => {
    expect(world.spent()).toBe(actual.amount);
  });
});
