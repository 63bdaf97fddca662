import { beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/responses.js";
import { actual, scene } from "./scene.js";

describe("CR-CORE-003: an extension fails in transport", () => {
  const world = scene();
  let result = "";
  beforeAll(async () => {
    world.authority.faults.on("extendReservation").drop("before");
    let finish: () => void = () => undefined;
    const working = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const running = world.open().run({ ...request, ttl_ms: 60_000 }, async (guard) => {
      await working;
      guard.setActual(actual);
      return "done";
    });
    await world.clock.advance(59_000);
    finish();
    result = await running;
  });

  it("sends extend, extend_same_key, commit", () => {
    const [first, second, third, ...more] = world.sent();
    expect([first?.name, second?.name, third?.name, more]).toEqual([
      "extend",
      "extend",
      "commit",
      [],
    ]);
    expect(second?.key).toBe(first?.key);
  });

  it("heartbeat_failure_reports_reservation_and_disposition", () => {
    const { id } = world.notices.flatMap((notice) =>
      notice.type === "reserved" ? [{ id: notice.reservationId }] : [],
    )[0] ?? { id: "" };
    const failed = world.notices.filter(({ type }) => type === "heartbeat_failed");
    expect(failed).toMatchObject([{ reservationId: id, next: expect.stringMatching(/\d+ ms/) }]);
  });

  it("guarded_action_continues_under_warn_policy", () => {
    expect(result).toBe("done");
  });

  it("final_settlement_is_attempted", () => {
    expect(world.spent()).toBe(actual.amount);
  });
});
