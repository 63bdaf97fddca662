import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, CyclesClient, scopeId, tokens } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { budgeted } from "./support/budgeted.js";
import { event, refusal, request, reservation } from "./support/responses.js";
import { against, rejection } from "./support/server.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

const ODD = "ann@example.com";
const subject = { agent: ODD };

/** Every call that sends a subject. */
const CALLS: readonly (readonly [string, (client: CyclesClient) => PromiseLike<unknown>])[] = [
  ["reserve", (client) => client.reserve({ ...request, subject })],
  ["run", (client) => client.run({ ...request, subject }, () => "done")],
  ["wrap", (client) => client.wrap({ ...request, subject }, () => "done")()],
  ["stream", (client) => client.stream({ ...request, subject }, () => none()).next()],
  ["createReservation", (client) => client.createReservation({ ...request, subject })],
  ["decide", (client) => client.decide({ ...request, subject })],
  ["createEvent", (client) => client.createEvent({ ...event, subject })],
];

async function* none() {
  // There are no items.
}

describe("an id with a character that servers may refuse", () => {
  it.each(CALLS)("is refused by %s before anything is sent", async (_, call) => {
    const { client, requests } = budgeted();
    const error = await rejection(call(client));
    expect(error).toMatchObject({
      name: "CyclesValidationError",
      issues: [{ path: "subject.agent" }],
    });
    expect(String(error)).toContain('subject.agent: has "@"');
    expect(String(error)).toContain("scopeId(text)");
    expect(String(error)).not.toContain(ODD);
    expect(requests).toEqual([]);
  });

  it.each([
    [" ", '" "'],
    ["/", '"/"'],
    [":", '":"'],
    ["\n", String.raw`"\n"`],
    ["\u200b", String.raw`"\u{200b}"`],
    ["😀", '"😀"'],
    ["\ud83d", String.raw`"\ud83d"`],
  ])("is refused with %j named so that a reader sees it", async (odd, shown) => {
    const { client } = budgeted();
    const error = await rejection(client.decide({ ...request, subject: { app: `a${odd}b` } }));
    expect(String(error)).toContain(`subject.app: has ${shown}, which`);
  });

  it("is reported for every level, with the other problems of the request", async () => {
    const { client } = budgeted();
    const odd = { workspace: "a b", agent: ODD, toolset: "x".repeat(129) };
    const error = await rejection(client.decide({ ...request, subject: odd }));
    expect(error).toMatchObject({
      issues: [
        { path: "subject.toolset" },
        { path: "subject.workspace" },
        { path: "subject.agent" },
      ],
    });
  });

  it("is refused in the options of a client, and of its children", () => {
    const { client, authority } = budgeted();
    const options = { ...authority.clientOptions("acme"), subject: { tenant: "acme", app: "a/b" } };
    expect(() => new CyclesClient(options)).toThrow(
      expect.objectContaining({
        name: "CyclesConfigError",
        message: expect.stringContaining('subject.app has "/"') as string,
      }) as Error,
    );
    expect(() => client.with({ subject })).toThrow(/^subject.agent has "@".*scopeId\(text\)/);
  });

  it("is refused in a variable, which the error names", () => {
    vi.stubEnv("CYCLES_AGENT", "my agent");
    const { authority } = budgeted({ subject: { agent: "bot" } });
    expect(() => new CyclesClient(authority.clientOptions("acme"))).toThrow(
      /^subject.agent \(CYCLES_AGENT\) has " "/,
    );
  });

  it("is sent as it is with `subjects: any`, and refused by the server", async () => {
    const { client, requests } = budgeted({ subjects: "any" });
    const error = await rejection(client.decide({ ...request, subject }));
    expect(error).toMatchObject({
      name: "CyclesApiError",
      httpStatus: 400,
      code: "INVALID_REQUEST",
    });
    expect(JSON.parse(requests[0]?.body ?? "")).toMatchObject({ subject });
    expect(() => client.with({ subject })).not.toThrow();
  });

  it("is accepted by a server that takes it", async () => {
    const { client, received } = await against([{ body: reservation }], { subjects: "any" });
    await client.createReservation({ ...request, subject });
    expect(JSON.parse(received[0]?.body ?? "").subject).toEqual({ tenant: "acme", ...subject });
  });

  it("is accepted in dimensions, whose values can be any text", async () => {
    const { client } = budgeted();
    const { decision } = await client.decide({
      ...request,
      subject: { dimensions: { user: ODD } },
    });
    expect(decision).toBe("ALLOW");
  });

  it("has a budget of its own as a `scopeId`", async () => {
    const scope = `tenant:acme/agent:${scopeId(ODD)}`;
    const authority = new EmbeddedCycles({ budgets: { [scope]: tokens(100) } });
    const client = new CyclesClient(authority.clientOptions("acme"));
    const guard = await client.reserve({
      ...request,
      estimate: tokens(10),
      subject: { agent: scopeId(ODD) },
    });
    await guard.commit(tokens(7));
    expect(authority.balances(scope)[0]?.spent).toEqual(tokens(7));
  });
});

describe("the case of ids", () => {
  const decide = (client: CyclesClient, more: object) =>
    client.decide({ ...request, subject: more });

  it("is kept", async () => {
    const { client, requests } = budgeted();
    await decide(client, { agent: "u-abC" });
    expect(JSON.parse(requests[0]?.body ?? "").subject.agent).toBe("u-abC");
  });

  it("raises one notice for all forms of an id, from a client and its children", async () => {
    const { client, notices } = budgeted();
    await decide(client, { agent: "u-abC" });
    await decide(client, { agent: "u-abC" });
    expect(notices).toEqual([]);
    await decide(client.with({ subject: { agent: "u-ABC" } }), {});
    await decide(client, { agent: "u-abC" });
    await decide(client, { agent: "u-abc" });
    expect(notices).toEqual([{ type: "subject_case", level: "agent", ids: ["u-abC", "u-ABC"] }]);
    await decide(client, { agent: "Bot" });
    await decide(client, { agent: "bot" });
    expect(notices).toHaveLength(2);
  });

  it("raises no notice if only levels differ, or if the ids are scope ids", async () => {
    const { client, notices } = budgeted();
    await decide(client, { agent: "Bot", toolset: "bot" });
    await decide(client, { agent: scopeId("u-abC") });
    await decide(client, { agent: scopeId("u-ABC") });
    expect(notices).toEqual([]);
  });

  it("raises no notice for an id that was not sent", async () => {
    const { client, notices } = budgeted();
    await rejection(decide(client, { agent: "Bot", toolset: ODD }));
    await decide(client, { agent: "bot" });
    expect(notices).toEqual([]);
  });

  it("is remembered for the last 1,000 ids, so that memory stays bounded", async () => {
    const { client, notices } = budgeted();
    const users = async (count: number) => {
      for (let n = 0; n < count; n += 1) await decide(client, { agent: `user-${n}` });
    };
    await decide(client, { agent: "Old" });
    await users(2_000);
    await decide(client, { agent: "old" });
    expect(notices).toEqual([]);
    await decide(client, { agent: "Young" });
    await users(999);
    await decide(client, { agent: "young" });
    expect(notices).toMatchObject([{ type: "subject_case", ids: ["Young", "young"] }]);
  });

  it("is described in a sentence", async () => {
    const lines: string[] = [];
    const logger = { ...console, warn: (line: string) => lines.push(line) };
    const { client } = budgeted({ logger, logLevel: "warn" });
    await decide(client, { agent: "Bot" });
    await decide(client, { agent: "bot" });
    expect(lines).toEqual([
      'cycles: the agent ids "Bot" and "bot" differ only in case and share a budget; ' +
        "use one form of an id, or scopeId(text)",
    ]);
  });
});

it("a spend in the journal is settled with the bytes that it has, whatever its subject", async () => {
  const journalDir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  onTestFinished(() => {
    rmSync(journalDir, { recursive: true });
  });
  vi.stubEnv("CYCLES_JOURNAL_ENABLED", "true");
  const gone = refusal(410, "RESERVATION_EXPIRED");
  const script = [
    { body: reservation },
    { status: 500 },
    gone,
    { status: 201, body: { status: "APPLIED", event_id: "e" } },
  ];
  const { client, server, received } = await against(script, {
    subjects: "any",
    journalDir,
    // This client never retries, as if its process had died.
    clock: new ManualClock(Date.now()),
    retry: { maxAttempts: 1 },
  });
  const guard = await client.reserve({ ...request, subject }, { heartbeat: false });
  expect(await guard.commit(request.estimate)).toMatchObject({ state: "queued" });
  const options: ClientOptions = {
    baseUrl: server.url,
    apiKey: "cyc_live_next",
    subject: { tenant: "acme" },
    journalDir,
    logLevel: "off",
  };
  const next = new CyclesClient(options);
  expect(await next.recover()).toMatchObject({ settled: 1, setAside: 0, pending: 0 });
  expect(received[3]?.url).toBe("/v1/events");
  expect(JSON.parse(received[3]?.body ?? "").subject).toEqual({ tenant: "acme", agent: ODD });
  await next.close();
});
