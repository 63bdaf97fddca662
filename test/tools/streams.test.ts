import { riskPoints } from "cycles-client";
import { type GateToolsOptions, gateTools, type ToolCost } from "cycles-client/tools";
import { expect, it } from "vitest";
import { rejection } from "../support/server.js";
import { refusal } from "../support/responses.js";
import { scene } from "./scene.js";

/** A tool that yields two results and may fail between them. */
function watching(
  parts: ReturnType<typeof scene>,
  cost: ToolCost<{ fails?: boolean }, string>,
  options: GateToolsOptions = {},
) {
  const watch = {
    execute: async function* (
      { fails = false }: { fails?: boolean },
      _options: object,
    ): AsyncGenerator<string> {
      yield "one bird";
      if (fails) throw new Error("fog");
      yield "two birds";
    },
  };
  const gated = gateTools(parts.cycles, { watch }, { watch: cost }, options);
  return (input: { fails?: boolean } = {}, id = "c1") =>
    gated.watch.execute(input, { toolCallId: id });
}

async function all(results: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const result of results) found.push(result);
  return found;
}

it("a tool that yields results is charged when they end", async () => {
  const parts = scene();
  const actual = (last: string) => riskPoints(last.length);
  const watch = watching(parts, { cost: riskPoints(12), actual });
  expect(await all(watch())).toEqual(["one bird", "two birds"]);
  expect([parts.spent(), parts.held()]).toEqual(["two birds".length, 0]);
});

it.each(["charge", "release"] as const)(
  "a tool that is left early is charged: %s",
  async (kind) => {
    const parts = scene();
    const actual = () => riskPoints(1);
    const watch = watching(parts, { cost: riskPoints(12), actual, onFailure: kind });
    for await (const result of watch()) if (result === "one bird") break;
    expect([parts.spent(), parts.held()]).toEqual([12, 0]);
  },
);

it("a tool that fails between its results is charged its cost", async () => {
  const parts = scene();
  const watch = watching(parts, riskPoints(3));
  await expect(all(watch({ fails: true }))).rejects.toThrow("fog");
  expect([parts.spent(), parts.held()]).toEqual([3, 0]);
});

it("a tool that fails between its results is not charged with `onFailure: release`", async () => {
  const parts = scene();
  const watch = watching(parts, riskPoints(3), { onFailure: "release" });
  await expect(all(watch({ fails: true }))).rejects.toThrow("fog");
  expect([parts.spent(), parts.held()]).toEqual([0, 0]);
  expect(parts.operations()).toEqual(["createReservation", "releaseReservation"]);
});

it("a tool that costs nothing yields its results without a request", async () => {
  const parts = scene();
  expect(await all(watching(parts, riskPoints(0))())).toHaveLength(2);
  expect(parts.operations()).toEqual([]);
});

it("a tool yields its results although its cost cannot be recorded", async () => {
  const parts = scene();
  const { status, body } = refusal(400, "INVALID_REQUEST");
  parts.authority.faults.on("commitReservation").respond(status ?? 400, { body });
  expect(await all(watching(parts, riskPoints(3))())).toHaveLength(2);
  expect(parts.notices.map(({ type }) => type)).toContain("settlement_failed");
});

it("a tool call that is repeated yields nothing, and is not charged again", async () => {
  const parts = scene();
  const watch = watching(parts, riskPoints(3));
  await all(watch());
  expect(await rejection(all(watch()))).toMatchObject({ code: "TOOL_CALL_REPEATED" });
  expect(parts.spent()).toBe(3);
});

it("a tool that caps refuse yields the refusal", async () => {
  const parts = scene({ caps: { tool_denylist: ["watch"] } });
  const watch = watching(parts, riskPoints(3), { onDenied: "tell-the-model" });
  expect(await all(watch())).toEqual([expect.stringContaining("did not run")]);
  const work = { action: { kind: "agent.run", name: "a" }, estimate: riskPoints(3) };
  const inside = parts.cycles.run(work, () => all(watch({}, "c2")), {
    actual: () => riskPoints(0),
  });
  expect(await inside).toEqual([expect.stringContaining("did not run")]);
  expect([parts.spent(), parts.held()]).toEqual([0, 0]);
});

it("a tool that is denied throws, if the model is not told", async () => {
  const parts = scene({ points: 1 });
  await expect(all(watching(parts, riskPoints(3))())).rejects.toMatchObject({
    code: "BUDGET_EXCEEDED",
  });
});
