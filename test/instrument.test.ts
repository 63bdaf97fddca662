import { CyclesClient, type Instrumentation, type Notice, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "./support/budgeted.js";
import { journaled } from "./support/journaled.js";
import { request, reservation } from "./support/responses.js";
import { against, API_KEY } from "./support/server.js";

/** The notices of one type. */
function only<Type extends Notice["type"]>(notices: readonly Notice[], type: Type) {
  return notices.filter(
    (notice): notice is Extract<Notice, { type: Type }> => notice.type === type,
  );
}

const asked = { ...request, subject: { tenant: "acme" } };

describe("the notice of a reserve", () => {
  it("that is granted has the request, the decision, the scopes and the duration", async () => {
    const { client, clock, slow, notices } = budgeted();
    slow("reservations", 30);
    const reserving = client.reserve(request, { heartbeat: false });
    await clock.advance(30);
    const { id } = await reserving;
    expect(notices).toMatchObject([
      {
        ...asked,
        type: "reserved",
        reservationId: id,
        reserved: request.estimate,
        decision: "ALLOW",
        scopes: ["tenant:acme"],
        durationMs: 30,
      },
    ]);
  });

  it("that is denied has the request and the duration", async () => {
    const { client, clock, slow, notices } = budgeted({ budget: "0.10" });
    slow("reservations", 20);
    const denied = expect(client.reserve(request)).rejects.toMatchObject({ status: 409 });
    await clock.advance(20);
    await denied;
    expect(notices).toMatchObject([{ ...asked, type: "denied", durationMs: 20 }]);
  });

  it("that an allowance denies has no duration, because no request was sent", async () => {
    const { client, notices } = budgeted();
    const small = { ...request, estimate: usd("0.10") };
    await client.allowance(
      small,
      (allowance) => expect(allowance.reserve(request)).rejects.toThrow("ALLOWANCE_EXCEEDED"),
      { heartbeat: false },
    );
    const [denied] = only(notices, "denied");
    expect(denied).toMatchObject(asked);
    expect(denied).not.toHaveProperty("durationMs");
  });

  it("has the request as it was sent, although the caller has changed its objects", async () => {
    const { client, notices } = budgeted();
    const mine = { action: { ...request.action }, estimate: { ...request.estimate } };
    const reserving = client.reserve(mine, { heartbeat: false });
    mine.action.name = "another";
    mine.estimate.amount = 1;
    const guard = await reserving;
    await guard.commit(usd("0.01"));
    expect(only(notices, "reserved")).toMatchObject([request]);
    expect(only(notices, "committed")).toMatchObject([request]);
  });

  it("has no secret that the request or the response contains", async () => {
    const token = "secret-of-one-call";
    const body = { ...reservation, decision: "ALLOW", affected_scopes: [API_KEY, token] };
    const { client, notices } = await against([{ body }], { subjects: "any" });
    await client.reserve(
      { ...request, subject: { agent: API_KEY }, action: { kind: "tool.x", name: token } },
      { headers: { authorization: `Bearer ${token}` }, heartbeat: false },
    );
    expect(notices).toMatchObject([
      {
        subject: { agent: "[API key]" },
        action: { name: "[secret]" },
        scopes: ["[API key]", "[secret]"],
      },
    ]);
  });
});

describe("the notice of a commit", () => {
  it("has the action and the estimate", async () => {
    const { client, notices } = budgeted();
    await client.run(request, () => 0, { actual: () => usd("0.10"), heartbeat: false });
    expect(only(notices, "committed")).toMatchObject([{ ...request, actual: usd("0.10") }]);
  });

  it("has them also if an event has replaced the commit", async () => {
    const { client, clock, notices } = budgeted();
    const guard = await client.reserve(request, { heartbeat: false });
    await clock.advance(600_000);
    await guard.commit(usd("0.10"));
    expect(only(notices, "committed")).toMatchObject([{ ...request, via: "event" }]);
  });

  it("has neither if an earlier process reserved", async () => {
    const world = journaled();
    await world.leave(1);
    const { client, notices } = world.open();
    await client.recover();
    const [committed] = only(notices, "committed");
    expect(committed).toMatchObject({ actual: usd("0.01"), action: undefined });
    expect(committed?.estimate).toBeUndefined();
  });
});

describe("instrument", () => {
  const parent = (digit: string) => `00-${digit.repeat(32)}-${"c".repeat(16)}-01`;

  it("adds a listener for the client, its relatives and its settlements, and removes it", async () => {
    const { client } = budgeted();
    const heard: string[] = [];
    const child = client.with({ headers: { "x-child": "1" } });
    const remove = child.instrument({ onNotice: ({ type }) => heard.push(type) });
    const small = { ...request, estimate: usd("0.10") };
    const guard = await client.reserve(small, { heartbeat: false });
    await child.run(small, () => 0, { actual: "estimate", heartbeat: false });
    remove();
    remove();
    await guard.commit(usd("0.10"));
    expect(heard).toEqual(["reserved", "reserved", "committed"]);
  });

  it("adds to the callbacks that are there, even to the same ones", async () => {
    const { client, notices } = budgeted();
    const heard: string[] = [];
    const own: Instrumentation = { onNotice: ({ type }) => heard.push(type) };
    const removals = [client.instrument(own), client.instrument(own)];
    const once = () => client.run({ ...request, estimate: usd("0.10") }, () => 0);
    await expect(once()).rejects.toMatchObject({ code: "ACTUAL_UNKNOWN" });
    expect(heard.filter((type) => type === "reserved")).toHaveLength(2);
    removals[0]?.();
    await expect(once()).rejects.toMatchObject({ code: "ACTUAL_UNKNOWN" });
    expect(heard.filter((type) => type === "reserved")).toHaveLength(3);
    expect(only(notices, "reserved")).toHaveLength(2);
  });

  it("prints a failing listener once, and tells the others", async () => {
    const lines: string[] = [];
    const { client, notices } = budgeted({
      logLevel: "error",
      logger: { ...console, error: (line: string) => lines.push(line) },
    });
    client.instrument({
      onNotice: () => {
        throw new Error("no collector");
      },
    });
    const heard: string[] = [];
    client.instrument({ onNotice: ({ type }) => heard.push(type) });
    await client.run(request, () => 0, { actual: "estimate", heartbeat: false });
    expect(lines).toEqual(["cycles: onNotice failed: no collector"]);
    expect(heard).toEqual(notices.map(({ type }) => type));
  });

  it("adds a source of trace contexts, after that of the options, and removes it", async () => {
    const { client, requests } = budgeted();
    const options: string[] = [];
    const own = client.with({ traceparent: () => options.at(-1) });
    const remove = client.instrument({ traceparent: () => parent("b") });
    client.instrument({ traceparent: () => parent("d") });
    const sent = async (from: CyclesClient) => {
      await from.decide(request);
      return requests.at(-1)?.headers.get("traceparent");
    };
    expect(await sent(client)).toBe(parent("b"));
    expect(await sent(own)).toBe(parent("b"));
    options.push(parent("a"));
    expect(await sent(own)).toBe(parent("a"));
    expect(await sent(client.with({ headers: { traceparent: parent("e") } }))).toBe(parent("e"));
    remove();
    expect(await sent(client)).toBe(parent("d"));
  });

  it("reports a failing source of trace contexts once, and asks the next one", async () => {
    const { client, notices, requests } = budgeted();
    client.instrument({
      traceparent: () => {
        throw new Error("no span");
      },
    });
    client.instrument({ traceparent: () => parent("d") });
    for (const from of [client, client.with({ maxRetries: 0 })]) await from.decide(request);
    expect(requests.map(({ headers }) => headers.get("traceparent"))).toEqual([
      parent("d"),
      parent("d"),
    ]);
    expect(notices).toMatchObject([
      { type: "callback_failed", callback: "traceparent", message: /no span/ },
    ]);
  });

  it.each([
    [{ onNotice: 3 }, "onNotice must be a function, not 3"],
    [{ onnotice: () => 0 }, "onnotice is not a callback of an instrumentation"],
    [undefined, "The options must be an object, not undefined"],
  ])("refuses %o", (given, message) => {
    const client = new CyclesClient({ baseUrl: "http://127.0.0.1:7878" });
    // A JavaScript caller can pass anything.
    expect(() => client.instrument(given as Instrumentation)).toThrow(message);
  });
});
