import type * as nodeFs from "node:fs";
import { type Guard, usd } from "cycles-client";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { finish } from "../../../recovery/scene.js";
import { errorOf, faults, resetFaults } from "../../../support/faulty-fs.js";
import { logsIn, readLogFile } from "../../../support/journal-folder.js";
import { endings, hang, logged, reserve } from "../../../support/logged.js";
import { until } from "../../../support/noted.js";

vi.mock("node:fs", async (importOriginal) => {
  const { faulty } = await import("../../../support/faulty-fs.js");
  return faulty(await importOriginal<typeof nodeFs>());
});

const cents = (count: number) => usd((count / 100).toFixed(2));

beforeEach(resetFaults);

/** A client with `journalSync: "disk"` and some guards. */
async function withGuards(count: number, options: object = {}) {
  const world = logged({ journalSync: "disk", ...options });
  const opened = world.open();
  const guards: Guard[] = [];
  for (let left = count; left > 0; left -= 1) guards.push(await reserve(opened.client));
  faults.calls.length = 0;
  return { ...world, ...opened, guards };
}

const syncs = () => faults.calls.filter(({ name }) => name === "fdatasync").length;

/** Lets everything happen that can happen without the disk. */
async function turns(): Promise<void> {
  for (let left = 20; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('with `journalSync: "disk"`', () => {
  it("a commit is sent only when the disk has its spend, and the name of its log", async () => {
    const { guards, sent, dir } = await withGuards(1);
    let onDisk: (error: null) => void = () => undefined;
    faults.sync = (path, callback) => {
      expect(readLogFile(path).open).toHaveLength(1);
      onDisk = callback;
      return true;
    };
    const committing = guards[0]?.commit(cents(1));
    await until(() => syncs() === 1);
    await turns();
    expect(sent).toEqual([]);
    expect(faults.calls.map(({ name }) => name)).toContain("fsyncSync");
    expect(logsIn(dir)).toHaveLength(1);
    onDisk(null);
    expect(await committing).toMatchObject({ state: "committed" });
    expect(sent).toHaveLength(1);
  });

  it("all spends of a turn share a sync, and those of later turns share the next one", async () => {
    const { guards, sent } = await withGuards(9);
    const waiting: ((error: null) => void)[] = [];
    faults.sync = (_, callback) => {
      waiting.push(callback);
      return true;
    };
    const commit = (from: number, to: number) => {
      for (const guard of guards.slice(from, to)) void guard.commit(cents(1));
    };
    commit(0, 3);
    await until(() => waiting.length === 1);
    commit(3, 6);
    await turns();
    commit(6, 9);
    await turns();
    expect([waiting.length, sent.length]).toEqual([1, 0]);
    waiting[0]?.(null);
    await until(() => sent.length === 3);
    expect(waiting).toHaveLength(2);
    waiting[1]?.(null);
    await until(() => sent.length === 9);
    await turns();
    expect(waiting).toHaveLength(2);
  });

  it("a log whose sync failed is given up, and its spends are written to another one", async () => {
    const { guards, sent, dir, hook, failures, afterDeath, open, spent } = await withGuards(3);
    const synced: string[] = [];
    faults.sync = (path, callback) => {
      synced.push(path);
      if (synced.length === 1) setImmediate(callback, errorOf("EIO"));
      return synced.length === 1;
    };
    hook.respond = () => hang();
    for (const guard of guards) void guard.commit(cents(1));
    await until(() => sent.length === 3);
    expect(new Set(synced).size).toBe(2);
    expect(readLogFile(synced[1] ?? "").open).toHaveLength(3);
    expect([failures(), endings(dir)]).toEqual([[], ["log", "log"]]);
    // Both logs have the spends, with the same keys.
    const copy = afterDeath();
    hook.respond = () => undefined;
    const successor = open({ journalDir: copy });
    expect(await successor.client.recover()).toMatchObject({ found: 3, settled: 3 });
    expect([endings(copy), spent()]).toEqual([[], cents(3).amount]);
  });

  it("a second failed sync is reported, and the spend is in its file before it is sent", async () => {
    const { guards, hook, failures, dir, spent } = await withGuards(2);
    faults.sync = (_, callback) => {
      setImmediate(callback, errorOf("EIO"));
      return true;
    };
    const seen: boolean[] = [];
    hook.respond = () => {
      seen.push(endings(dir).includes("json"));
      return undefined;
    };
    for (const guard of guards)
      expect(await guard.commit(cents(1))).toMatchObject({ state: "committed" });
    expect(failures()).toEqual([["write", "EIO"]]);
    expect([seen, spent()]).toEqual([[true, true], cents(2).amount]);
  });

  it("a spend is sent all the same if nothing can be written to the disk", async () => {
    const { guards, failures, spent } = await withGuards(1);
    faults.fail = ({ name }) => {
      if (/^write|^fsync/.test(name)) throw errorOf("EIO");
      return undefined;
    };
    expect(await guards[0]?.commit(cents(1))).toMatchObject({ state: "committed" });
    expect([failures(), spent()]).toEqual([[["write", "EIO"]], cents(1).amount]);
  });

  it("a disk that does not respond delays a commit for `settleTimeout` at most", async () => {
    const { guards, failures, clock, sent } = await withGuards(1, { settleTimeout: 2_000 });
    faults.sync = () => true;
    const commit = guards[0]?.commit(cents(1)) ?? Promise.reject(new Error("no guard"));
    await until(() => syncs() === 1);
    expect(sent).toEqual([]);
    expect(await finish(commit, clock)).toMatchObject({ state: "committed" });
    expect(failures()).toEqual([["write", "TIMEOUT"]]);
  });

  it("a record is on the disk before the second request", async () => {
    const { guards, hook, clock } = await withGuards(1);
    let attempts = 0;
    hook.respond = () => {
      attempts += 1;
      if (attempts > 1) return undefined;
      faults.calls.length = 0;
      return Response.json(
        { error: "INTERNAL_ERROR", message: "m", request_id: "r" },
        { status: 503 },
      );
    };
    await finish(guards[0]?.commit(cents(1)) ?? Promise.reject(new Error("no guard")), clock);
    const written = faults.calls.filter(({ name }) => name === "writeFileSync");
    expect(written.map(({ args }) => args[2])).toMatchObject([{ flush: true }]);
    expect(faults.calls.map(({ name }) => name)).toContain("fsyncSync");
  });
});

it('with `journalSync: "os"`, nothing waits for the disk', async () => {
  const { guards } = await withGuards(2, { journalSync: "os" });
  for (const guard of guards) await guard.commit(cents(1));
  expect(faults.calls.filter(({ name }) => name.includes("sync"))).toEqual([]);
});
