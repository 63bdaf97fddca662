import { beforeAll, describe, expect, it, vi } from "vitest";
import { request } from "../support/responses.js";
import { actual, finish, scene } from "./scene.js";

const RETRY_AFTER_S = 40;

describe("CR-DURABLE-003: the server sends Retry-After, and the process dies before that has passed", () => {
  const world = scene();
  let first: ReturnType<typeof world.lastSent>;
  let record: Record<string, unknown> | undefined;
  let notBefore = 0;
  let limitedAt = 0;
  let sentEarly = 0;
  beforeAll(async () => {
    const { client, ownClock } = world.openDoomed({
      settleTimeout: 1_000,
      fetch: async (url, init) => {
        const response = await world.authority.fetch(url, init);
        if (response.status === 429) limitedAt = ownClock.now();
        return response;
      },
    });
    const guard = await client.reserve(request, { heartbeat: false });
    world.authority.faults.on("commitReservation").rateLimit(RETRY_AFTER_S);
    await finish(guard.commit(actual), ownClock);
    first = world.lastSent();
    record = world.records()[0];
    notBefore = Number(record?.["not_before_ms"]);
    world.authority.clearRequests();
    const second = world.open();
    const recovering = second.recover();
    await vi.waitUntil(() => world.notices.some(({ type }) => type === "recovering"));
    await world.clock.advance(notBefore - world.clock.now() - 1);
    expect(await recovering).toMatchObject({ found: 1, pending: 1 });
    sentEarly = world.sent().length;
    await world.clock.advance(1);
    await second.flush();
  });

  it("no_retry_before_persisted_not_before", () => {
    expect(notBefore).toBe(limitedAt + RETRY_AFTER_S * 1_000);
    expect(sentEarly).toBe(0);
  });

  it("sends commit, commit_same_key_after_retry_after", () => {
    expect(world.sent()).toEqual([{ name: "commit", key: first.key }]);
    expect(world.lastSent()).toEqual(first);
    expect(record).toMatchObject({ mode: "commit", commit_body: JSON.parse(first.body) });
    expect(world.spent()).toBe(actual.amount);
  });

  it("successful_replay_removes_record", () => {
    expect(world.files()).toEqual([]);
  });
});
