import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { usd } from "cycles-client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openJournal } from "../../../../src/settlement/journal/file-journal.js";
import { filesIn, logsIn, readLogFile, recordsIn } from "../../../support/journal-folder.js";
import { endings, hang, logged, refused, reserve } from "../../../support/logged.js";
import { silence, until } from "../../../support/noted.js";

const cents = (count: number) => usd((count / 100).toFixed(2));
const DAY_MS = 86_400_000;

type World = ReturnType<typeof logged>;

/** The path of the only log below a folder. */
function onlyLog(dir: string): string {
  const [file, ...more] = logsIn(dir);
  if (file === undefined || more.length > 0) throw new Error(`${more.length} other logs`);
  return file;
}

/** Changes the text of the only log, as damage does, and leaves the log silent. */
function rewrite(dir: string, change: (text: string) => string): void {
  const file = onlyLog(dir);
  writeFileSync(file, change(readFileSync(file, "utf8")));
  silence(dir, 3_600_000);
}

/** Removes the marks of all logs, as a power failure can. */
function loseMarks(dir: string): void {
  for (const file of logsIn(dir)) {
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.filter((line) => !line.startsWith('{"done"')).join("\n"));
  }
  silence(dir, 3_600_000);
}

function withoutLinesOf(text: string, reservationId: string): string {
  return text
    .split("\n")
    .filter((line) => !line.includes(`"reservation_id":"${reservationId}"`))
    .join("\n");
}

/** Recovers what is in a folder, in a process of its own. */
async function recover(world: World, dir: string) {
  const successor = world.open({ journalDir: dir });
  const recovery = await successor.client.recover();
  return { ...successor, recovery };
}

/**
 * Opens a client, and leaves the commit of another guard in flight, so that the log has an open line. Returns a guard
 * that has not committed.
 */
async function withCommitInFlight(world: World) {
  const { client, clock } = world.open();
  const [other, guard] = [await reserve(client), await reserve(client)];
  world.hook.respond = () => hang();
  void other.commit(cents(1));
  await until(() => world.sent.length === 1);
  return { guard, clock };
}

describe("a log whose owner has died", () => {
  it("stays with its owner until it has been silent for two first attempts and a minute", async () => {
    const world = logged();
    const dir = await world.leave([cents(1), cents(2)], 73_000);
    const before = [...world.sent];
    const early = world.open({ journalDir: dir });
    await early.client.getBalances({ tenant: "acme" });
    await early.client.flush();
    expect([world.sent, endings(dir)]).toEqual([before, ["log"]]);

    silence(dir, 75_000);
    const later = world.open({ journalDir: dir });
    await later.client.getBalances({ tenant: "acme" });
    await later.clock.advance(100);
    await until(() => filesIn(dir).length === 0);
    expect(world.sent.map(({ body }) => body).sort()).toEqual(
      [...before, ...before].map(({ body }) => body).sort(),
    );
    expect(logsIn(dir)).toEqual([]);
    expect(world.spent()).toBe(cents(3).amount);
  });

  it("is taken over by a process that runs when its time has come", async () => {
    const world = logged();
    const dir = await world.leave([cents(1)], 20_000);
    const successor = world.open({ journalDir: dir });
    await successor.client.getBalances({ tenant: "acme" });
    await successor.client.flush();
    expect(endings(dir)).toEqual(["log"]);
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    vi.setSystemTime(Date.now() + 60_000);
    await successor.clock.advance(60_000);
    await until(() => logsIn(dir).length === 0);
    await successor.clock.advance(60_000);
    await until(() => filesIn(dir).length === 0);
    expect(world.spent()).toBe(cents(1).amount);
  });

  it("stays with its owner for longer if first attempts may take longer", async () => {
    const world = logged({ connectTimeout: 1_000, readTimeout: 59_000 });
    const dir = await world.leave([cents(1)], 179_000);
    const early = world.open({ journalDir: dir, readTimeout: 1_000 });
    await early.client.getBalances({ tenant: "acme" });
    await early.client.flush();
    expect(endings(dir)).toEqual(["log"]);
    silence(dir, 181_000);
    const later = world.open({ journalDir: dir, readTimeout: 1_000 });
    await later.client.getBalances({ tenant: "acme" });
    await until(() => filesIn(dir).length === 0);
    expect(world.spent()).toBe(cents(1).amount);
  });

  it("is taken over if its time is in the future, because the clock was set back", async () => {
    const world = logged();
    const dir = await world.leave([cents(1)], -3_600_000);
    const successor = world.open({ journalDir: dir });
    await successor.client.getBalances({ tenant: "acme" });
    await until(() => filesIn(dir).length === 0);
    expect(world.spent()).toBe(cents(1).amount);
  });

  it("gives its spends up at once for `recover`, and stays until it was silent", async () => {
    const world = logged();
    const dir = await world.leave([cents(1), cents(2)], 0);
    const { recovery } = await recover(world, dir);
    expect(recovery).toEqual({ found: 2, settled: 2, setAside: 0, pending: 0 });
    expect(new Set(world.sent.map(({ body }) => body)).size).toBe(2);
    expect([filesIn(dir), logsIn(dir)]).toEqual([[], [expect.any(String)]]);
    silence(dir, 75_000);
    await recover(world, dir);
    expect(logsIn(dir)).toEqual([]);
    expect(world.sent).toHaveLength(4);
  });

  it("can be taken over by several processes at once", async () => {
    for (const silentMs of [0, 3_600_000]) {
      const world = logged();
      const dir = await world.leave([cents(1), cents(2), cents(3)], silentMs);
      const successors = await Promise.all([1, 2, 3].map(() => recover(world, dir)));
      // A process may find a record again that another one is settling.
      for (const { client } of successors) await client.recover();
      expect(world.spent()).toBe(cents(6).amount);
      expect(filesIn(dir)).toEqual([]);
      expect(new Set(world.sent.map(({ body }) => body)).size).toBe(3);
      const types = successors.flatMap(({ notices }) => notices.map(({ type }) => type));
      expect(types.filter((type) => !["recovering", "committed"].includes(type))).toEqual([]);
    }
  });

  it("can be taken over from a process that dies while it takes it over", async () => {
    const world = logged();
    const dir = await world.leave([cents(1), cents(2)]);
    const file = onlyLog(dir);
    renameSync(file, join(dirname(file), `v1-${randomUUID()}.log`));
    const { recovery } = await recover(world, dir);
    expect(recovery).toMatchObject({ settled: 2 });
    expect(logsIn(dir)).toEqual([]);
  });

  it('is taken over by a client with `journalMode: "files"` as well', async () => {
    const world = logged();
    const dir = await world.leave([cents(1)]);
    const successor = world.open({ journalDir: dir, journalMode: "files" });
    expect(await successor.client.recover()).toMatchObject({ settled: 1 });
    expect(logsIn(dir)).toEqual([]);
    expect(world.spent()).toBe(cents(1).amount);
  });

  it("does not disturb clients that read only records", async () => {
    const world = logged();
    const dir = await world.leave([cents(1)]);
    const unexpected: unknown[] = [];
    const report = (...args: unknown[]) => void unexpected.push(args);
    const reader = openJournal({
      dir,
      baseUrl: world.baseUrl,
      tenant: "acme",
      apiKey: undefined,
      onCorrupt: report,
      onExposed: report,
      onUnreadable: report,
    });
    expect(await reader.list()).toEqual([]);
    expect([unexpected, endings(dir)]).toEqual([[], ["log"]]);
  });

  it("is not touched if its spends are for another server", async () => {
    const world = logged();
    const dir = await world.leave([cents(1)]);
    rewrite(dir, (text) => text.replace(world.baseUrl, "http://other.invalid"));
    const before = readFileSync(onlyLog(dir), "utf8");
    const { recovery, notices } = await recover(world, dir);
    expect([recovery.found, notices]).toEqual([0, []]);
    expect(readFileSync(onlyLog(dir), "utf8")).toBe(before);
  });
});

describe("a log that is damaged", () => {
  it("keeps what was written whole before its torn last line", async () => {
    const world = logged();
    const dir = await world.leave([cents(1), cents(2), cents(3)]);
    truncateSync(onlyLog(dir), readFileSync(onlyLog(dir)).length - 10);
    silence(dir, 3_600_000);
    const { recovery, notices } = await recover(world, dir);
    expect(recovery).toMatchObject({ found: 2, settled: 2 });
    expect(notices.map(({ type }) => type)).not.toContain("journal_corrupt");
    expect([filesIn(dir), world.spent()]).toEqual([[], cents(3).amount]);
  });

  it.each([0, 20])(
    "is removed without a notice if only %d bytes of it were written",
    async (length) => {
      const world = logged();
      const dir = await world.leave([cents(1)]);
      truncateSync(onlyLog(dir), length);
      silence(dir, 3_600_000);
      const { recovery, notices } = await recover(world, dir);
      expect([recovery.found, notices, logsIn(dir)]).toEqual([0, [], []]);
    },
  );

  it("is set aside after its whole lines were recovered if others are garbage", async () => {
    const world = logged();
    const dir = await world.leave([cents(1), cents(2), cents(3)]);
    rewrite(dir, (text) => {
      const lines = text.split("\n");
      lines[2] = lines[2]?.slice(50) ?? "";
      return lines.join("\n");
    });
    const file = onlyLog(dir);
    const { recovery, notices } = await recover(world, dir);
    expect(recovery).toMatchObject({ found: 2, settled: 2 });
    const [aside] = filesIn(dir);
    expect(aside).toMatch(/v1-.*\.corrupt$/);
    expect(notices).toContainEqual({ type: "journal_corrupt", record: aside });
    expect([logsIn(dir), file]).toEqual([[], expect.any(String)]);
    expect(world.spent()).toBe(cents(4).amount);
  });

  it.each<[string, (file: string) => void]>([
    [
      "has another version",
      (file) => {
        writeFileSync(file, readFileSync(file, "utf8").replace('"cycles_log":1', '"cycles_log":2'));
      },
    ],
    [
      "is not UTF-8",
      (file) => {
        writeFileSync(file, Buffer.from("\u00ff\u00fe\n", "latin1"));
      },
    ],
    [
      "is larger than any log",
      (file) => {
        truncateSync(file, 2 ** 40);
      },
    ],
  ])("is set aside unread, and does not hide others, if it %s", async (_, damage) => {
    const world = logged();
    const dir = await world.leave([cents(1)]);
    const bad = join(dirname(onlyLog(dir)), `v1-${randomUUID()}.log`);
    writeFileSync(bad, readFileSync(onlyLog(dir)));
    damage(bad);
    utimesSync(bad, 1, 1);
    const { recovery, notices } = await recover(world, dir);
    expect(recovery).toMatchObject({ settled: 1 });
    const aside = bad.replace(/log$/, "corrupt");
    expect(notices).toContainEqual({ type: "journal_corrupt", record: aside });
    expect(filesIn(dir)).toEqual([aside]);
  });

  it("stays where it is while its owner may still write to it", async () => {
    const world = logged();
    const dir = await world.leave([cents(1)]);
    writeFileSync(onlyLog(dir), "not ours\n");
    const { notices } = await recover(world, dir);
    expect([notices, logsIn(dir)]).toEqual([[], [expect.any(String)]]);
  });
});

describe("a log that has lost its marks", () => {
  it("does not send a refused spend again", async () => {
    const world = logged();
    const { guard } = await withCommitInFlight(world);
    world.hook.respond = () => refused(409, "BUDGET_EXCEEDED");
    await expect(guard.commit(cents(9))).rejects.toThrow();
    const dir = world.afterDeath();
    loseMarks(dir);
    expect(readLogFile(onlyLog(dir)).open).toHaveLength(2);
    world.hook.respond = () => undefined;
    const { recovery } = await recover(world, dir);
    expect(recovery).toEqual({ found: 1, settled: 1, setAside: 0, pending: 0 });
    expect(endings(dir)).toEqual(["rejected"]);
    expect(world.spent()).toBe(cents(1).amount);
  });

  it("does not send a refused spend again after the corrected amount was recorded", async () => {
    const world = logged();
    const { guard, clock } = await withCommitInFlight(world);
    world.hook.respond = ({ body }) =>
      body.includes("9000000") ? refused(409, "BUDGET_EXCEEDED") : undefined;
    await expect(guard.commit(cents(9))).rejects.toThrow();
    const refusedKey = world.sent.at(-1)?.key;
    await guard.commit(cents(5));
    await clock.advance(1_000);
    const dir = world.afterDeath();
    loseMarks(dir);
    world.hook.respond = () => undefined;
    world.sent.length = 0;
    await recover(world, dir);
    expect(world.sent.map(({ key }) => key)).not.toContain(refusedKey);
    expect([filesIn(dir), world.spent()]).toEqual([[], cents(6).amount]);
  });

  it("leaves the file of a spend that is an event by now", async () => {
    const world = logged();
    const { guard } = await withCommitInFlight(world);
    world.hook.respond = ({ path }) =>
      path === "commit" ? refused(410, "RESERVATION_EXPIRED") : hang();
    void guard.commit(cents(3));
    await until(() => world.sent.length === 3);
    const dir = world.afterDeath();
    loseMarks(dir);
    const ours = () => recordsIn(dir).filter(({ reservation_id: id }) => id === guard.id);
    expect(
      ours()
        .map(({ mode }) => mode)
        .sort(),
    ).toEqual(["commit", "event"]);
    world.hook.respond = () => undefined;
    const before = world.sent.length;
    await recover(world, dir);
    const paths = world.sent
      .slice(before)
      .map(({ path, body }) => [path, body.includes("3000000")]);
    expect(paths).toContainEqual(["events", true]);
    expect(paths).not.toContainEqual(["commit", true]);
    expect([filesIn(dir), world.spent()]).toEqual([[], cents(4).amount]);
  });

  it("leaves the file that says when the server allows the next attempt", async () => {
    const world = logged();
    const { guard } = await withCommitInFlight(world);
    world.hook.respond = () =>
      Response.json(
        { error: "LIMIT_EXCEEDED", message: "m", request_id: "r" },
        { status: 429, headers: { "retry-after": "600" } },
      );
    void guard.commit(cents(3));
    await until(() => endings(world.dir).includes("json"));
    const dir = world.afterDeath();
    loseMarks(dir);
    world.hook.respond = () => undefined;
    world.sent.length = 0;
    const { recovery } = await recover(world, dir);
    expect(recovery).toMatchObject({ found: 2, settled: 1, pending: 1 });
    expect(world.sent).toHaveLength(1);
    expect(recordsIn(dir)).toMatchObject([{ not_before_ms: expect.any(Number) }]);
  });

  it.each([
    [6, 1],
    [8, 0],
  ])("does not charge an event of %d days ago again", async (days, settled) => {
    const world = logged();
    const { client, clock } = world.open();
    const [other, guard] = [await reserve(client), await reserve(client)];
    let dir = "";
    await world.clock.advance(2 * 3_600_000);
    await clock.advance(2 * 3_600_000);
    world.hook.respond = () => hang();
    void other.commit(cents(1));
    await until(() => world.sent.length === 1);
    world.hook.respond = ({ path }) => {
      if (path === "events") dir = world.afterDeath();
      return undefined;
    };
    expect(await guard.commit(cents(3))).toMatchObject({ via: "event" });
    // The mark was lost, and the file was removed when the event was recorded.
    loseMarks(dir);
    for (const file of filesIn(dir)) if (file.endsWith(".json")) rmSync(file);
    rewrite(dir, (text) => withoutLinesOf(text, other.id));
    expect(endings(dir)).toEqual(["log"]);
    world.hook.respond = () => undefined;
    await world.clock.advance(days * DAY_MS);
    const { recovery, notices } = await recover(world, dir);
    expect(recovery).toEqual({ found: 1, settled, setAside: 1 - settled, pending: 0 });
    expect(endings(dir)).toEqual(settled === 1 ? [] : ["stale"]);
    expect(world.spent()).toBe(cents(3).amount);
    const failed = notices.filter(({ type }) => type === "settlement_failed");
    expect(failed).toMatchObject(
      settled === 1 ? [] : [{ fate: "unknown", kept: true, error: { code: "STALE" } }],
    );
  });

  it.each([
    ["before the protocol existed", Date.UTC(2019, 0, 1)],
    ["in the future", Date.UTC(2026, 0, 4)],
  ])("does not charge an event whose time is %s", async (_, at) => {
    const world = logged();
    const { client, clock } = world.open();
    const guard = await reserve(client);
    await world.clock.advance(2 * 3_600_000);
    await clock.advance(2 * 3_600_000);
    world.hook.respond = () => hang();
    void guard.commit(cents(3));
    await until(() => world.sent.length === 1);
    const dir = world.afterDeath();
    rewrite(dir, (text) => text.replace(/"at":\d+/, `"at":${at}`));
    world.hook.respond = () => undefined;
    const { recovery } = await recover(world, dir);
    expect(recovery).toMatchObject({ setAside: 1 });
    expect([endings(dir), world.spent()]).toEqual([["stale"], 0]);
  });
});

it("a spend that was moved to a file which is gone is settled", async () => {
  const world = logged({ retry: { maxAttempts: 1 } });
  const { guard } = await withCommitInFlight(world);
  world.hook.respond = () => refused(503, "INTERNAL_ERROR");
  await guard.commit(cents(3));
  const dir = world.afterDeath();
  for (const file of filesIn(dir)) if (file.endsWith(".json")) rmSync(file);
  world.hook.respond = () => undefined;
  const { recovery } = await recover(world, dir);
  expect(recovery).toMatchObject({ found: 1, settled: 1 });
  expect(world.spent()).toBe(cents(1).amount);
});

it("an owner that was asleep does not write to a log that was taken over", async () => {
  const world = logged();
  const { client, clock } = world.open();
  const [first, second] = [await reserve(client), await reserve(client)];
  world.hook.respond = () => hang();
  void first.commit(cents(1));
  await until(() => world.sent.length === 1);
  const taken = join(dirname(onlyLog(world.dir)), `v1-${randomUUID()}.log`);
  renameSync(onlyLog(world.dir), taken);
  const seen: unknown[] = [];
  world.hook.respond = () => {
    const others = logsIn(world.dir).filter((file) => file !== taken);
    seen.push(others.map((file) => readLogFile(file).open.map((line) => line["reservation_id"])));
    return undefined;
  };
  await second.commit(cents(2));
  expect(seen).toEqual([[[second.id]]]);
  await clock.advance(1_000);
  expect(logsIn(world.dir)).toEqual([taken]);
});
