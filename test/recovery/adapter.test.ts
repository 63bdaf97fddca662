import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const adapter = fileURLToPath(new URL("../../scripts/recovery-adapter.mjs", import.meta.url));

function adapt(id: string, input: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [adapter, id], {
    input,
    encoding: "utf8",
  });
  return { status, result: JSON.parse(stdout) as Record<string, unknown>, stderr };
}

describe("the recovery adapter", () => {
  it("runs the tests that are bound to a scenario, and names them", () => {
    const scenario = { id: "CR-BOUNDARY-001", level: "boundary", name: "", faults: [] };
    const { status, result } = adapt("CR-BOUNDARY-001", JSON.stringify(scenario));
    expect(status).toBe(0);
    expect(result).toMatchObject({ scenario_id: "CR-BOUNDARY-001", passed: true });
    expect(result["native_tests"]).toHaveLength(2);
  });

  it.each([
    [
      "an id that nothing is bound to",
      "CR-DURABLE-999",
      '{"id":"CR-DURABLE-999"}',
      "No native test",
    ],
    ["an id that is a path", "../CR-CORE-001", "{}", "No native test"],
    ["another scenario's input", "CR-CORE-001", '{"id":"CR-CORE-002"}', "CR-CORE-002"],
    ["no input", "CR-CORE-001", "", "Standard input"],
  ])("does not pass %s", (_, id, input, message) => {
    const { status, result, stderr } = adapt(id, input);
    expect(status).toBe(2);
    expect(result).toEqual({ scenario_id: id, passed: false, native_tests: [] });
    expect(stderr).toContain(message);
  });
});
