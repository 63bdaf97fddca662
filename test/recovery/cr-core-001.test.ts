import { beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/responses.js";
import { actual, finish, scene } from "./scene.js";

describe("CR-CORE-001: the response to a commit is lost", () => {
  const world = scene();
  beforeAll(async () => {
    const guard = await world.open().reserve(request);
    world.authority.faults.on("commitReservation").drop("after");
    await finish(guard.commit(actual), world.clock);
  });

  it("sends commit, commit_same_key", () => {
    expect(world.sent().map(({ name }) => name)).toEqual(["commit", "commit"]);
  });

  it("settlement_occurs_at_most_once", () => {
    expect(world.spent()).toBe(actual.amount);
  });

  it("retry_uses_original_idempotency_key", () => {
    const [first, second] = world.sent();
    expect(second?.key).toBe(first?.key);
  });
});
