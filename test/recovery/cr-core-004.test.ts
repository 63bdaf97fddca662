import { describe, expect, it } from "vitest";
import { request } from "../support/responses.js";
import { actual, finish, scene } from "./scene.js";

const nonconformant = [
  ["204", { status: 204 }],
  ["202 with a valid body", { status: 202, body: { status: "COMMITTED", charged: actual } }],
  ["200 with an empty object", { status: 200, body: {} }],
  ["200 with another status", { status: 200, body: { status: "RELEASED", charged: actual } }],
  ["200 with a number for an amount", { status: 200, body: { status: "COMMITTED", charged: 3 } }],
  ["200 with text", { status: 200, body: "OK" }],
] as const;

describe("CR-CORE-004: the response to a commit is not a success of the protocol", () => {
  const world = scene();
  const client = world.open();

  it.each(nonconformant)(
    "only_schema_valid_expected_status_is_terminal_success, ambiguous_success_retains_original_idempotency_key: %s sends commit, commit_same_key",
    async (_, { status, ...response }) => {
      world.authority.clearRequests();
      const before = world.spent() ?? 0;
      const guard = await client.reserve({ ...request, estimate: { ...actual, amount: 100 } });
      world.authority.faults.on("commitReservation").respond(status, response);
      const settling = guard.commit({ ...actual, amount: 10 });
      expect(await finish(settling, world.clock)).toMatchObject({ state: "committed" });
      const [first, second, ...more] = world.sent();
      expect([first?.name, second?.name, more]).toEqual(["commit", "commit", []]);
      expect(second?.key).toBe(first?.key);
      expect(world.spent()).toBe(before + 10);
    },
  );
});
