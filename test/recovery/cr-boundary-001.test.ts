import { ActualUnknownError } from "cycles-client";
import { beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/responses.js";
import { scene } from "./scene.js";

describe("CR-BOUNDARY-001: the work does not report what it cost", () => {
  const world = scene();
  let error: unknown;
  beforeAll(async () => {
    const client = world.open();
    error = await client
      .run({ ...request, ttl_ms: 1_000 }, () => "a result")
      .catch((e: unknown) => e);
    await world.clock.advance(120_000);
    await client.close();
    await world.open().recover();
  });

  it("no_commit_or_event_without_known_actual: sends nothing", () => {
    expect(world.sent()).toEqual([]);
    expect(world.files()).toEqual([]);
    expect(world.spent()).toBe(0);
  });

  it("missing_actual_or_guarded_action_failure_is_surfaced", () => {
    expect(error).toBeInstanceOf(ActualUnknownError);
    expect(error).toMatchObject({ result: "a result" });
  });
});
