import { beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/responses.js";
import { actual, scene } from "./scene.js";

describe("CR-CORE-002: the reservation has expired before its commit arrives", () => {
  const world = scene();
  const metrics = { tokens_output: 12 };
  const metadata = { step: 3 };
  beforeAll(async () => {
    const guard = await world.open().reserve({ ...request, ttl_ms: 1_000 }, { heartbeat: false });
    await world.clock.advance(60_000);
    await guard.commit(actual, { metrics, metadata });
  });

  it("sends commit, event_same_key", () => {
    const [commit, event] = world.sent();
    expect([commit?.name, event?.name]).toEqual(["commit", "event"]);
    expect(event?.key).toBe(commit?.key);
  });

  it("event_carries_original_subject_action_actual", () => {
    expect(world.authority.requests.at(-1)?.request).toMatchObject({
      subject: { tenant: "acme" },
      action: request.action,
      actual,
      metrics,
      metadata,
    });
  });

  it("settlement_occurs_at_most_once", () => {
    expect(world.spent()).toBe(actual.amount);
    expect(world.sent()).toHaveLength(2);
  });
});
