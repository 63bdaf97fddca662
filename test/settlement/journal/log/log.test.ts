import { rmSync, statSync } from "node:fs";
import { type Guard, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { filesIn, logsIn, recordsIn } from "../../../support/journal-folder.js";
import {
  endings,
  hang,
  identityFolder,
  logged,
  modeOf,
  refused,
  reserve,
} from "../../../support/logged.js";
import { until } from "../../../support/noted.js";
import { finish } from "../../../recovery/scene.js";
import { startProcess } from "../../../support/process.js";
import { request } from "../../../support/responses.js";

const cents = (count: number) => usd((count / 100).toFixed(2));
/** About 30 KB of JSON. */
const metadata = { transcript: "x".repeat(30_000) };
const SEGMENT_BYTES = 512 * 1024;

describe("a spend", () => {
  it("is in the log before its commit is sent, with all spends of the same turn", async () => {
    const world = logged();
    const { client } = world.open();
    const guards: Guard[] = [];
    for (let count = 0; count < 5; count += 1) guards.push(await reserve(client));
    const seen: number[] = [];
    world.hook.respond = () => {
      seen.push(recordsIn(world.dir).length);
      return hang();
    };
    for (const guard of guards) void guard.commit(cents(1));
    await until(() => seen.length === 5);
    expect(seen).toEqual([5, 5, 5, 5, 5]);
    expect(world.logs()).toHaveLength(1);
    expect(filesIn(world.dir)).toEqual(logsIn(world.dir));
  });

  it("is in the log exactly as it is sent, for the server and the attempts of its client", async () => {
    const world = logged({ connectTimeout: 1_000, readTimeout: 2_000 });
    const { client, clock } = world.open();
    const guard = await reserve(client);
    world.hook.respond = () => hang();
    void guard.commit(cents(7), { metadata: { b: 1, a: "é\n" } });
    await until(() => world.sent.length === 1);
    const [log] = world.logs();
    expect(log?.header).toEqual({
      cycles_log: 1,
      base_url: world.baseUrl,
      first_attempt_ms: 3_000,
    });
    expect(log?.open).toMatchObject([{ n: 1, reservation_id: guard.id, at: clock.now() }]);
    expect(JSON.stringify(log?.open[0]?.["commit"])).toBe(world.sent[0]?.body);
    expect(logsIn(world.dir).map(modeOf)).toEqual([0o600]);
    expect(modeOf(identityFolder(world.dir))).toBe(0o700);
  });

  it("is marked within a second of its success, while other spends stay open", async () => {
    const world = logged();
    const { client, clock } = world.open();
    const first = await reserve(client);
    const second = await reserve(client);
    world.hook.respond = ({ body }) => (body.includes("2000000") ? hang() : undefined);
    void second.commit(cents(2));
    await first.commit(cents(1));
    await clock.advance(1_000);
    const [log] = world.logs();
    expect(log?.lines.at(-1)).toEqual({ done: [expect.any(Number)] });
    expect(log?.open).toMatchObject([{ reservation_id: second.id }]);
  });

  it("leaves no file within a second if nothing else is in flight", async () => {
    const world = logged();
    const { client, clock } = world.open();
    for (let count = 0; count < 3; count += 1) await (await reserve(client)).commit(cents(1));
    await clock.advance(1_000);
    expect(logsIn(world.dir)).toEqual([]);
    await (await reserve(client)).commit(cents(1));
    await client.close();
    expect(logsIn(world.dir)).toEqual([]);
    expect(world.spent()).toBe(cents(4).amount);
  });

  it("has no log before it is committed", async () => {
    const world = logged();
    const { client, clock } = world.open();
    const guard = await reserve(client);
    await client.getBalances({ tenant: "acme" });
    await clock.advance(60_000);
    expect(logsIn(world.dir)).toEqual([]);
    await guard.release();
  });

  it("is in its file, and marked, before a second request", async () => {
    const world = logged();
    const { client, clock } = world.open();
    const guard = await reserve(client);
    const seen: unknown[] = [];
    world.hook.respond = () => {
      seen.push([endings(world.dir), recordsIn(world.dir).length]);
      return seen.length === 1 ? refused(503, "INTERNAL_ERROR") : undefined;
    };
    await finish(guard.commit(cents(1)), clock);
    expect(seen).toEqual([
      [["log"], 1],
      [["json"], 1],
    ]);
    expect(filesIn(world.dir)).toEqual([]);
    expect(new Set(world.sent.map(({ body }) => body)).size).toBe(1);
  });

  it("is in its file as an event, and marked, before the event is sent", async () => {
    const world = logged();
    const { client } = world.open();
    const guard = await reserve(client);
    const seen: unknown[] = [];
    world.hook.respond = ({ path }) => {
      seen.push([
        path,
        recordsIn(world.dir).map((record) => record["mode"]),
        filesIn(world.dir).length,
      ]);
      return path === "commit" ? refused(410, "RESERVATION_EXPIRED") : undefined;
    };
    expect(await guard.commit(cents(1))).toMatchObject({ via: "event" });
    expect(seen).toEqual([
      ["commit", ["commit"], 1],
      ["events", ["event"], 1],
    ]);
    expect(filesIn(world.dir)).toEqual([]);
  });

  it("is set aside and marked before its refusal is thrown", async () => {
    const world = logged();
    const { client } = world.open();
    const other = await reserve(client);
    const guard = await reserve(client);
    world.hook.respond = ({ body }) =>
      body.includes("2000000") ? hang() : refused(409, "BUDGET_EXCEEDED");
    void other.commit(cents(2));
    await until(() => world.sent.length === 1);
    const seen = await guard.commit(cents(1)).catch(() => ({
      endings: endings(world.dir),
      open: world.logs().flatMap(({ open }) => open.map((line) => line["reservation_id"])),
    }));
    expect(seen).toEqual({ endings: ["log", "rejected"], open: [other.id] });
  });

  it("removes the refused spend of its reservation within a second of its success", async () => {
    const world = logged();
    const { client, clock } = world.open();
    const guard = await reserve(client);
    world.hook.respond = ({ body }) =>
      body.includes("9000000") ? refused(409, "BUDGET_EXCEEDED") : undefined;
    await expect(guard.commit(cents(9))).rejects.toThrow();
    expect(filesIn(world.dir)).toHaveLength(1);
    await guard.commit(cents(5));
    await clock.advance(1_000);
    expect([filesIn(world.dir), world.spent()]).toEqual([[], cents(5).amount]);
  });

  it("goes to a file at once if it is too long for a line", async () => {
    const world = logged();
    const { client } = world.open();
    const guard = await reserve(client);
    const long = { parts: Array.from({ length: 3 }, () => metadata.transcript) };
    world.hook.respond = () => hang();
    void guard.commit(cents(1), { metadata: long });
    await until(() => world.sent.length === 1);
    expect(filesIn(world.dir)).toEqual([expect.stringMatching(/\.json$/)]);
    expect(recordsIn(world.dir)).toMatchObject([{ commit_body: { metadata: long } }]);
  });

  it("stays in the log while the file of its reservation has another spend", async () => {
    const world = logged({ retry: { maxAttempts: 1 } });
    const opened = { idempotencyKey: "delivery-1", heartbeat: false } as const;
    const { client } = world.open();
    const first = await client.reserve(request, opened);
    const second = await client.reserve(request, opened);
    world.hook.respond = () => refused(503, "INTERNAL_ERROR");
    expect(await first.commit(cents(3))).toMatchObject({ state: "queued", durable: true });
    const [record] = recordsIn(world.dir);
    expect(await second.commit(cents(1))).toMatchObject({ state: "queued", durable: true });
    expect(recordsIn(world.dir)).toHaveLength(2);
    expect(recordsIn(world.dir)).toContainEqual(record);
    // The process dies. The first spend is recorded, and then the second one is refused.
    const dir = world.afterDeath();
    world.hook.respond = () => undefined;
    const successor = world.open({ journalDir: dir });
    expect(await successor.client.recover()).toMatchObject({ settled: 1 });
    expect(recordsIn(dir)).toMatchObject([{ commit_body: { actual: cents(1) } }]);
    expect(await successor.client.recover()).toMatchObject({ setAside: 1 });
    expect(filesIn(dir)).toEqual([expect.stringMatching(/\.rejected$/)]);
    expect(world.spent()).toBe(cents(3).amount);
  });
});

describe("a log under load", () => {
  it("rotates at a bounded size, and moves a spend that hangs to its file", async () => {
    const world = logged();
    const { client, clock } = world.open();
    const slow = await reserve(client);
    world.hook.respond = ({ body }) => (body.includes("9000000") ? hang() : undefined);
    void slow.commit(cents(9));
    const sizes: number[] = [];
    for (let count = 0; count < 60; count += 1) {
      await (await reserve(client)).commit(cents(1), { metadata });
      const logs = logsIn(world.dir).map((file) => statSync(file).size);
      expect(logs.length).toBeLessThanOrEqual(2);
      sizes.push(...logs);
    }
    expect(Math.max(...sizes)).toBeLessThan(SEGMENT_BYTES + 31_000);
    expect(Math.max(...sizes)).toBeGreaterThan(SEGMENT_BYTES - 31_000);
    const json = filesIn(world.dir).filter((file) => file.endsWith(".json"));
    expect(json).toHaveLength(1);
    await clock.advance(1_000);
    expect(recordsIn(world.dir)).toMatchObject([{ reservation_id: slow.id, mode: "commit" }]);
    expect(world.logs().flatMap(({ open }) => open)).toEqual([]);
  });

  it("has one log after another, each empty before the next is full", async () => {
    const world = logged();
    const { client } = world.open();
    const names = new Set<string>();
    for (let count = 0; count < 40; count += 1) {
      await (await reserve(client)).commit(cents(1), { metadata });
      for (const log of logsIn(world.dir)) names.add(log);
    }
    expect(names.size).toBeGreaterThanOrEqual(3);
    await client.close();
    expect(logsIn(world.dir)).toEqual([]);
    expect(world.spent()).toBe(cents(40).amount);
  });
});

describe("an owner whose log may be taken over", () => {
  it.each([
    [
      "was removed",
      (folder: string) => {
        for (const log of logsIn(folder)) rmSync(log);
      },
    ],
    [
      "is gone with its folder",
      (folder: string) => {
        rmSync(folder, { recursive: true });
      },
    ],
  ])("writes another log before it sends anything if its log %s", async (_, take) => {
    const world = logged();
    const { client, clock } = world.open();
    const first = await reserve(client);
    const second = await reserve(client);
    world.hook.respond = () => hang();
    void first.commit(cents(1));
    await until(() => world.sent.length === 1);
    take(identityFolder(world.dir));
    const seen: unknown[] = [];
    world.hook.respond = () => {
      seen.push(recordsIn(world.dir).map((record) => record["reservation_id"]));
      return undefined;
    };
    expect(await second.commit(cents(2))).toMatchObject({ state: "committed" });
    expect(seen).toEqual([[second.id]]);
    await clock.advance(1_000);
    expect(filesIn(world.dir)).toEqual([]);
  });

  it("writes another log if it was silent for half of the time after which it is taken over", async () => {
    const world = logged();
    const { client } = world.open();
    const [first, second, third] = [
      await reserve(client),
      await reserve(client),
      await reserve(client),
    ];
    world.hook.respond = () => hang();
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    void first.commit(cents(1));
    await until(() => world.sent.length === 1);
    vi.setSystemTime(Date.now() + 36_000);
    void second.commit(cents(2));
    await until(() => world.sent.length === 2);
    expect(world.logs()).toHaveLength(1);
    vi.setSystemTime(Date.now() + 37_000);
    void third.commit(cents(3));
    await until(() => world.sent.length === 3);
    expect(
      world
        .logs()
        .map(({ open }) => open.length)
        .sort(),
    ).toEqual([1, 2]);
  });

  it("writes another log if the system's clock was set back", async () => {
    const world = logged();
    const { client } = world.open();
    const [first, second] = [await reserve(client), await reserve(client)];
    world.hook.respond = () => hang();
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    void first.commit(cents(1));
    await until(() => world.sent.length === 1);
    vi.setSystemTime(Date.now() - 1_000);
    void second.commit(cents(2));
    await until(() => world.sent.length === 2);
    expect(world.logs()).toHaveLength(2);
  });
});

it("a process that exits in the turn in which it commits keeps the spend", async () => {
  const world = logged();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") } });
  const server = await authority.listen();
  onTestFinished(() => authority.close());
  await startProcess("exit.mjs", {
    CYCLES_BASE_URL: server.url,
    CYCLES_API_KEY: authority.apiKey("acme"),
    CYCLES_TENANT: "acme",
    CYCLES_JOURNAL_DIR: world.dir,
    CYCLES_JOURNAL_ENABLED: "true",
    CYCLES_LOG: "off",
    REQUEST: JSON.stringify(request),
    ACTUAL: JSON.stringify(cents(3)),
  }).done();
  expect(recordsIn(world.dir)).toMatchObject([{ commit_body: { actual: cents(3) } }]);
});
