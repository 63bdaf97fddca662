import type * as nodeFs from "node:fs";
import { appendFileSync, readFileSync } from "node:fs";
import { type Guard, usd } from "cycles-client";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { faults, type FsCall, resetFaults, systemError } from "../../../support/faulty-fs.js";
import { filesIn, logsIn, readLogFile, recordsIn } from "../../../support/journal-folder.js";
import { endings, hang, logged, reserve } from "../../../support/logged.js";
import { silence, until } from "../../../support/noted.js";

vi.mock("node:fs", async (importOriginal) => {
  const { faulty } = await import("../../../support/faulty-fs.js");
  return faulty(await importOriginal<typeof nodeFs>());
});

const cents = (count: number) => usd((count / 100).toFixed(2));

const isLog = ({ path }: FsCall) => path.endsWith(".log");
const isLogWrite = (call: FsCall) => call.name === "writeSync" && isLog(call);
/** All writes fail from now on. */
function failWrites(code: string): void {
  failIf(({ name }) => name.startsWith("write"), code);
}

/** Calls for which a condition holds fail from now on. */
function failIf(condition: (call: FsCall) => boolean, code: string): void {
  faults.fail = (call) => (condition(call) ? systemError(code) : undefined);
}

/** The disk takes a part of the next write to a log, and is full from then on. */
function fillDiskInMidWrite(alsoFails: (call: FsCall) => boolean = () => false): void {
  faults.fail = (call) => {
    if (!isLogWrite(call)) return undefined;
    failIf((later) => later.name === "writeSync" || alsoFails(later), "ENOSPC");
    const [descriptor, bytes] = call.args;
    return [descriptor, bytes, 0, 100];
  };
}

const text = ({ args }: FsCall) => String(args[1]);

beforeEach(resetFaults);

/** A client whose folder is open and whose log has the spend of a commit without a response. */
async function withOpenLog() {
  const world = logged();
  const opened = world.open();
  const guards: Guard[] = [];
  for (let count = 0; count < 4; count += 1) guards.push(await reserve(opened.client));
  const [first, ...others] = guards;
  world.hook.respond = ({ body }) => (body.includes("9000000") ? hang() : undefined);
  void first?.commit(cents(9));
  await until(() => world.sent.length === 1);
  faults.calls.length = 0;
  return { ...world, ...opened, others };
}

it("all spends of a turn of the event loop are one write, and only the log is written", async () => {
  const { others } = await withOpenLog();
  await Promise.all(others.map((guard) => guard.commit(cents(1))));
  const writes = faults.calls.filter(({ name }) => /write|append/i.test(name));
  expect(writes.map(({ name }) => name)).toEqual(["writeSync"]);
  expect(writes.map((call) => text(call).split("\n").length - 1)).toEqual([3]);
});

it("marks go with the next spends, and are written by themselves only once a second", async () => {
  const { others, clock } = await withOpenLog();
  const [second, third, fourth] = others;
  await second?.commit(cents(1));
  await third?.commit(cents(1));
  await fourth?.commit(cents(1));
  await clock.advance(1_000);
  await clock.advance(10_000);
  const lines = faults.calls.filter(isLogWrite).map((call) => text(call).split("\n").length - 1);
  expect(lines).toEqual([1, 2, 2, 1]);
});

describe("a disk that cannot store the log", () => {
  it.each(["ENOSPC", "EACCES", "EROFS", "EIO"])(
    "(%s) is reported once, and spends are recorded without the journal",
    async (code) => {
      const world = logged();
      const { client, failures } = world.open();
      failWrites(code);
      for (let count = 0; count < 3; count += 1)
        expect(await (await reserve(client)).commit(cents(1))).toMatchObject({
          state: "committed",
        });
      expect(failures()).toEqual([["write", code]]);
      expect(world.spent()).toBe(cents(3).amount);
      expect(filesIn(world.dir)).toEqual([]);
      expect(logsIn(world.dir)).toEqual([]);
    },
  );

  it("is reported, and spends are in their files before they are sent", async () => {
    const world = logged();
    const { client, failures } = world.open();
    failIf((call) => call.name === "openSync" && isLog(call), "EACCES");
    const seen: string[][] = [];
    world.hook.respond = () => {
      seen.push(endings(world.dir));
      return undefined;
    };
    for (let count = 0; count < 3; count += 1) await (await reserve(client)).commit(cents(1));
    expect(seen).toEqual([["json"], ["json"], ["json"]]);
    expect(failures()).toEqual([["write", "EACCES"]]);
    expect(filesIn(world.dir)).toEqual([]);
  });

  it("is used again once it has room", async () => {
    const { others, failures, dir } = await withOpenLog();
    const [second, third] = others;
    failWrites("ENOSPC");
    await second?.commit(cents(1));
    faults.fail = () => undefined;
    await third?.commit(cents(1));
    expect(failures()).toEqual([["write", "ENOSPC"]]);
    expect(logsIn(dir)).toHaveLength(1);
  });

  it("does not leave half of a write in the log", async () => {
    const world = await withOpenLog();
    const [second, third] = world.others;
    const before = readFileSync(logsIn(world.dir)[0] ?? "", "utf8");
    fillDiskInMidWrite();
    await second?.commit(cents(1));
    expect(readFileSync(logsIn(world.dir)[0] ?? "", "utf8")).toBe(before);
    faults.fail = () => undefined;
    await third?.commit(cents(1));
    expect(world.logs().map(({ lines }) => lines.length)).toEqual([2]);
  });

  it("gives the log up if it cannot even be cut, and nothing in it is lost", async () => {
    const world = await withOpenLog();
    const [second, third] = world.others;
    world.hook.respond = () => hang();
    fillDiskInMidWrite(({ name }) => name === "ftruncateSync");
    void second?.commit(cents(1));
    await until(() => world.sent.length === 2);
    faults.fail = () => undefined;
    void third?.commit(cents(2));
    await until(() => world.sent.length === 3);
    expect(endings(world.dir)).toEqual(["json", "log", "log"]);
    const dir = world.afterDeath();
    world.hook.respond = () => undefined;
    const successor = world.open({ journalDir: dir });
    expect(await successor.client.recover()).toMatchObject({ settled: 3 });
    expect(world.spent()).toBe(cents(12).amount);
  });

  it("cannot make a refused spend come back: its mark is written later", async () => {
    const world = await withOpenLog();
    const [second, third] = world.others;
    world.hook.respond = ({ body }) => {
      if (!body.includes("8000000")) return undefined;
      failIf((call) => isLogWrite(call), "ENOSPC");
      return Response.json(
        { error: "BUDGET_EXCEEDED", message: "m", request_id: "r" },
        { status: 409 },
      );
    };
    await expect(second?.commit(cents(8))).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    expect(endings(world.dir)).toEqual(["log", "rejected"]);
    faults.fail = () => undefined;
    await third?.commit(cents(1));
    const [log] = world.logs();
    expect(log?.lines.filter((line) => "done" in line)).toEqual([{ done: [2] }]);
  });
});

describe("a log to which another process appends marks", () => {
  it("keeps its last lines when a write fails", async () => {
    const world = await withOpenLog();
    const [second, third, fourth] = world.others;
    world.hook.respond = () => hang();
    void second?.commit(cents(1));
    await until(() => world.sent.length === 2);
    // Another process has promoted a spend of this log with `recover`.
    const [file = ""] = logsIn(world.dir);
    appendFileSync(file, '{"done":[999999999]}\n');
    void third?.commit(cents(2));
    await until(() => world.sent.length === 3);
    fillDiskInMidWrite();
    void fourth?.commit(cents(3));
    await until(() => world.sent.length === 4);
    expect(readLogFile(file).open.map((line) => line["reservation_id"])).toContain(third?.id);
    expect(recordsIn(world.dir)).toHaveLength(4);
  });
});

describe("a system that does not allow a log to be renamed", () => {
  it.each(["EPERM", "EBUSY", "EACCES"])(
    "(%s) leaves it to its owner, and `recover` settles its spends all the same",
    async (code) => {
      const world = logged();
      const dir = await world.leave([cents(1), cents(2)]);
      failIf((call) => call.name === "renameSync" && isLog(call), code);
      const early = world.open({ journalDir: dir });
      await early.client.getBalances({ tenant: "acme" });
      await early.client.flush();
      expect([early.failures(), world.spent()]).toEqual([[], 0]);
      const { client, failures } = world.open({ journalDir: dir });
      expect(await client.recover()).toMatchObject({ found: 2, settled: 2 });
      expect([failures(), filesIn(dir), logsIn(dir).length]).toEqual([[], [], 1]);
      faults.fail = () => undefined;
      silence(dir, 3_600_000);
      await client.recover();
      expect(logsIn(dir)).toEqual([]);
    },
  );
});

describe("a full disk while a log is taken over", () => {
  it("loses nothing: the log stays until its spends have files", async () => {
    const world = logged();
    const dir = await world.leave([cents(1), cents(2), cents(3)]);
    let left = 1;
    faults.fail = ({ name, path }) => {
      if (name !== "writeFileSync" || !path.startsWith(dir)) return undefined;
      left -= 1;
      return left < 0 ? systemError("ENOSPC") : undefined;
    };
    const { client, failures } = world.open({ journalDir: dir });
    expect(await client.recover()).toMatchObject({ settled: 1 });
    expect(failures()).toEqual([["read", "ENOSPC"]]);
    expect(recordsIn(dir).length).toBeGreaterThanOrEqual(2);
    faults.fail = () => undefined;
    await client.recover();
    expect(filesIn(dir)).toEqual([]);
    expect(world.spent()).toBe(cents(6).amount);
  });
});
