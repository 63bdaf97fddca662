import { riskPoints } from "cycles-client";
import { gate, gateTools } from "cycles-client/tools";
import { describe, expect, it } from "vitest";
import { scene } from "./scene.js";

const EMAIL = { name: "send_email", cost: riskPoints(5) };
const BANNED = { tool_denylist: ["send_email"] };

describe("a gated tool in the mode observe", () => {
  const observing = { ...EMAIL, mode: "observe" } as const;

  it("runs although the budget denies it, and its spend is recorded", async () => {
    const { cycles, notices, bodies } = scene({ points: 3 });
    expect(await gate(cycles, observing, () => "sent")()).toBe("sent");
    await cycles.flush();
    expect(notices.map(({ type }) => type)).toContain("would_deny");
    expect(bodies("createEvent")).toMatchObject([{ actual: riskPoints(5) }]);
  });

  it("runs although caps refuse it", async () => {
    const { cycles, spent } = scene({ caps: BANNED });
    expect(await gate(cycles, observing, () => "sent")()).toBe("sent");
    expect(spent()).toBe(5);
  });

  it("runs although the caps of the work around it refuse it", async () => {
    const { cycles, spent } = scene({ caps: BANNED });
    const work = { action: { kind: "agent.run", name: "clerk" }, estimate: riskPoints(6) };
    const send = gate(cycles, observing, () => "sent");
    const nothing = { actual: () => riskPoints(0) };
    expect(await cycles.run(work, () => send(), nothing)).toBe("sent");
    expect(spent()).toBe(5);
  });

  it("is observed in a record, too", async () => {
    const { cycles } = scene({ points: 3 });
    const tools = { send_email: { execute: (to: string) => to } };
    const gated = gateTools(cycles, tools, { send_email: riskPoints(5) }, { mode: "observe" });
    expect(await gated.send_email.execute("ann")).toBe("ann");
  });
});

describe("a gated tool without the authority", () => {
  it("runs as far as `onUnavailable` allows it, and its spend is recorded later", async () => {
    const { cycles, authority, notices, spent } = scene({ maxRetries: 0 });
    authority.faults.on("createReservation", { times: 2 }).drop("before");
    const onUnavailable = { allow: riskPoints(5) };
    const send = gate(cycles, { ...EMAIL, onUnavailable }, () => "sent");
    expect(await send()).toBe("sent");
    expect(notices.map(({ type }) => type)).toContain("unguarded");
    await cycles.flush();
    expect(spent()).toBe(5);
  });

  it("does not run without that option, and the model is told nothing of a budget", async () => {
    const { cycles, authority } = scene({ maxRetries: 0 });
    authority.faults.on("createReservation", { times: 2 }).drop("before");
    const send = gate(cycles, { ...EMAIL, onDenied: "tell-the-model" }, () => "sent");
    await expect(send()).rejects.toMatchObject({ code: "CONNECTION" });
  });
});
