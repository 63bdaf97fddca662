import { BudgetDeniedError, credits, riskPoints } from "cycles-client";
import { gate } from "cycles-client/tools";
import { describe, expect, it } from "vitest";
import { rejection } from "../support/server.js";
import { scene } from "./scene.js";

const work = { action: { kind: "agent.run", name: "clerk" }, estimate: riskPoints(6) };
const EMAIL = { name: "send_email", cost: riskPoints(5) };
const FREE = { name: "send_email", cost: credits(0) };
const BANNED = { tool_denylist: ["send_email"] };

describe("a tool that the caps of its reservation refuse", () => {
  it.each([
    ["the deny list has it", BANNED],
    ["the allow list does not have it", { tool_allowlist: ["search"] }],
  ])("does not run, and its budget is released: %s", async (_, caps) => {
    const { cycles, spent, held, operations } = scene({ caps });
    const ran: string[] = [];
    const error = await rejection(gate(cycles, EMAIL, () => ran.push("x"))());
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(error).toMatchObject({
      code: "TOOL_NOT_ALLOWED",
      message: expect.stringContaining('The tool "send_email" did not run: the caps of'),
    });
    expect(ran).toEqual([]);
    expect([spent(), held()]).toEqual([0, 0]);
    expect(operations()).toEqual(["createReservation", "releaseReservation"]);
  });

  it("is refused to the model in plain words", async () => {
    const { cycles } = scene({ caps: BANNED });
    const send = gate(cycles, { ...EMAIL, onDenied: "tell-the-model" }, () => "sent");
    expect(await send()).toBe(
      'The tool "send_email" did not run: the budget does not allow this tool. ' +
        "Use another tool, or finish without it.",
    );
  });

  it("runs if the lists allow it", async () => {
    const { cycles, spent } = scene({
      caps: { tool_allowlist: ["send_email"], tool_denylist: ["send_email"] },
    });
    expect(await gate(cycles, EMAIL, () => "sent")()).toBe("sent");
    expect(spent()).toBe(5);
  });
});

describe("a tool inside work whose caps refuse it", () => {
  it.each([
    ["a tool that costs something", EMAIL],
    ["a free tool", FREE],
  ])("does not run, and sends nothing: %s", async (_, options) => {
    const { cycles, operations } = scene({ caps: BANNED });
    const send = gate(cycles, options, () => "sent");
    const error = await rejection(cycles.run(work, () => send()));
    expect(error).toMatchObject({ code: "TOOL_NOT_ALLOWED" });
    expect(operations()).toEqual(["createReservation", "releaseReservation"]);
  });

  it.each([
    ["a tool that costs something", EMAIL],
    ["a free tool", FREE],
  ])("does not run on an allowance: %s", async (_, options) => {
    const { cycles, spent } = scene({ caps: BANNED });
    const send = gate(cycles, { ...options, onDenied: "tell-the-model" }, () => "sent");
    expect(await cycles.allowance(work, () => send())).toContain("did not run");
    expect(spent()).toBe(0);
  });

  it("does not run on an allowance that is its budget", async () => {
    const { cycles } = scene({ caps: BANNED });
    const told = await cycles.allowance(work, (allowance) =>
      gate(allowance, { ...FREE, onDenied: "tell-the-model" }, () => "sent")(),
    );
    expect(told).toContain("did not run");
  });

  it("runs outside that work", async () => {
    const { cycles } = scene({ caps: BANNED });
    expect(await gate(cycles, FREE, () => "sent")()).toBe("sent");
  });
});
