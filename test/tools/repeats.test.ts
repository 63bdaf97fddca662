import { riskPoints } from "cycles-client";
import { gate, RepeatedToolCallError } from "cycles-client/tools";
import { describe, expect, it } from "vitest";
import { rejection } from "../support/server.js";
import { scene } from "./scene.js";

const EMAIL = { name: "send_email", cost: riskPoints(5) };
const work = { action: { kind: "agent.run", name: "clerk" }, estimate: riskPoints(12) };
const call = (toolCallId: string) => ({ toolCallId });

/** A gated function that counts how often it has run. */
function counted(points = 20) {
  const parts = scene({ points });
  const ran: string[] = [];
  const send = gate(parts.cycles, EMAIL, (to: string, _call: { toolCallId: string }) => {
    ran.push(to);
    return to;
  });
  return { ...parts, ran, send };
}

describe("a tool call that is repeated", () => {
  it("does not run again, and is not charged again", async () => {
    const { send, ran, spent } = counted();
    await send("ann", call("c1"));
    const error = await rejection(send("ann", call("c1")));
    expect(error).toBeInstanceOf(RepeatedToolCallError);
    expect(error).toMatchObject({
      idempotencyKey: "tool:send__email:c1",
      cause: { code: "RESERVATION_FINALIZED" },
    });
    expect(ran).toEqual(["ann"]);
    expect(spent()).toBe(5);
  });

  it("does not run again on an allowance", async () => {
    const { cycles, send, ran, spent } = counted();
    await cycles.allowance(work, async () => {
      await send("ann", call("c1"));
      expect(await rejection(send("ann", call("c1")))).toBeInstanceOf(RepeatedToolCallError);
    });
    expect(ran).toEqual(["ann"]);
    expect(spent()).toBe(5);
  });

  it("runs if the first one was denied", async () => {
    const { authority, send, ran, spent } = counted(3);
    await rejection(send("ann", call("c1")));
    authority.fund("tenant:acme", riskPoints(10));
    await send("ann", call("c1"));
    expect(ran).toEqual(["ann"]);
    expect(spent()).toBe(5);
  });

  it("runs if the reserve of the first one had no answer, and holds its budget once", async () => {
    const { cycles, authority, spent, held } = counted();
    const send = gate(cycles, EMAIL, (_call: { toolCallId: string }) => "sent");
    authority.faults.on("createReservation").drop("after");
    expect(await send(call("c1"))).toBe("sent");
    expect([spent(), held()]).toEqual([5, 0]);
  });
});

describe("tool calls that differ", () => {
  it("are charged each: another id", async () => {
    const { send, spent } = counted();
    await Promise.all([send("ann", call("c1")), send("ann", call("c2"))]);
    expect(spent()).toBe(10);
  });

  it("are charged each: another tool", async () => {
    const { cycles, send, spent } = counted();
    const other = gate(cycles, { name: "email", cost: riskPoints(1) }, (_: object) => 1);
    await send("ann", call("c1"));
    await other(call("c1"));
    await other(call("send_email:c1"));
    expect(spent()).toBe(7);
  });

  it("are charged each: no id", async () => {
    const { send, spent } = counted();
    await send("ann", call(""));
    await send("ann", call(""));
    expect(spent()).toBe(10);
  });

  it("are charged each: a key of their own, for a model that numbers its calls", async () => {
    const { cycles, spent } = counted();
    const options = {
      ...EMAIL,
      idempotencyKey: (chat: string, { toolCallId }: { toolCallId: string }) =>
        `${chat}/${toolCallId}`,
    };
    const send = gate(cycles, options, (chat: string, _call: { toolCallId: string }) => chat);
    await send("chat 1", call("send_email:0"));
    await send("chat 2", call("send_email:0"));
    await rejection(send("chat 2", call("send_email:0")));
    expect(spent()).toBe(10);
  });

  it("have keys that the protocol allows, however long their ids are", async () => {
    const { send, spent, bodies } = counted();
    await send("ann", call(`${"x".repeat(300)}1`));
    await send("ann", call(`${"x".repeat(300)}2`));
    expect(spent()).toBe(10);
    for (const { idempotency_key: key } of bodies("createReservation")) {
      expect(key.length).toBeLessThanOrEqual(256);
    }
  });
});

it("a tool call whose signal is aborted is not reserved", async () => {
  const { cycles, operations } = counted();
  const send = gate(cycles, EMAIL, (_: object) => "sent");
  const abortSignal = AbortSignal.abort(new Error("enough"));
  await expect(send({ toolCallId: "c1", abortSignal })).rejects.toThrow("enough");
  expect(operations()).toEqual([]);
});
