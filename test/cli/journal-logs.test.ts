import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CyclesClient, usd } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Entry } from "../../src/cli/journal/entry.js";
import type { Replayed } from "../../src/cli/journal/replay.js";
import { doneLine, entryLine, headerLine } from "../../src/settlement/journal/log/lines.js";
import { identityOf, logFile, recordFile } from "../../src/settlement/journal/names.js";
import { readRecord, writeRecord } from "../../src/settlement/record.js";
import { journalCommand as run } from "../support/journal-command.js";
import { startProcess } from "../support/process.js";
import { request } from "../support/responses.js";

const LONG_AGO = new Date(Date.now() - 3_600_000);
const subject = { tenant: "acme" };
const FIRST_ATTEMPT_MS = 7_000;

/** A journal folder, and an authority behind a socket that the environment variables name. */
async function place() {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  const clock = new ManualClock(Date.now());
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("9.00") }, clock });
  const { url } = await authority.listen();
  const variables = {
    CYCLES_BASE_URL: url,
    CYCLES_API_KEY: authority.apiKey("acme"),
    CYCLES_TENANT: "acme",
    CYCLES_LOG: "off",
    CYCLES_JOURNAL_ENABLED: "true",
    CYCLES_JOURNAL_DIR: dir,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await authority.close();
    rmSync(dir, { recursive: true });
  });
  const folder = join(dir, await identityOf({ baseUrl: url, tenant: "acme", apiKey: undefined }));
  mkdirSync(folder, { mode: 0o700 });
  /** Leaves a log as another process does. Returns its path. */
  const leave = (lines: readonly string[], writtenAt = new Date()) => {
    const path = join(folder, logFile());
    writeFileSync(
      path,
      headerLine({ baseUrl: url, firstAttemptMs: FIRST_ATTEMPT_MS }) + lines.join(""),
    );
    utimesSync(path, writtenAt, writtenAt);
    return path;
  };
  const reserve = async () => {
    const client = new CyclesClient({ journal: false });
    const { reservation_id: id = "" } = await client.createReservation(request);
    return id;
  };
  const goAway = async () => {
    vi.stubEnv("CYCLES_RETRY_FLUSH_TIMEOUT", "300");
    await authority.close();
  };
  const files = () => readdirSync(folder).sort();
  return { dir, folder, url, variables, clock, authority, leave, reserve, goAway, files };
}

function spend(reservationId: string, actual = usd("0.25"), key = `k-${reservationId}`) {
  return {
    reservationId,
    idempotencyKey: key,
    recordedAt: Date.now(),
    commit: JSON.stringify({ idempotency_key: key, actual }),
    reserved: JSON.stringify({ subject, ...request }),
  };
}

function recordOf(baseUrl: string, reservationId: string, actual = usd("0.25"), key?: string) {
  const { commit, recordedAt } = spend(reservationId, actual, key);
  const record = { reservationId, baseUrl, mode: "commit", commit, recordedAt } as const;
  return writeRecord({ ...record, event: undefined, notBefore: undefined });
}

async function list(dir: string): Promise<Entry[]> {
  const { code, said } = await run("list", "--json", "--dir", dir);
  expect(code).toBe(0);
  const lines = said.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Entry);
}

async function replayed(dir: string): Promise<Replayed> {
  const { said } = await run("replay", "--json", "--dir", dir);
  return JSON.parse(said) as Replayed;
}

describe("journal list", () => {
  it("shows spends whose commits are in flight, and notes of running guards", async () => {
    const { dir, authority } = await place();
    const client = new CyclesClient({
      journalDir: dir,
      fetch: (url, init) =>
        url.endsWith("/commit") ? new Promise(() => undefined) : authority.fetch(url, init),
    });
    const [committing, running] = [await client.reserve(request), await client.reserve(request)];
    void committing.commit(usd("0.30"));
    running.setActual(usd("0.40"));
    await vi.waitUntil(async () => (await list(dir)).length === 2);
    const entries = await list(dir);
    expect(entries).toContainEqual(
      expect.objectContaining({
        reservation_id: committing.id,
        state: "pending",
        actual: usd("0.30"),
        file: expect.stringMatching(/v1-.*\.log$/) as string,
      }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({
        reservation_id: running.id,
        state: "running",
        actual: usd("0.40"),
        not_before_ms: expect.any(Number) as number,
      }),
    );
    const { said } = await run("list", "--dir", dir);
    expect(said).toMatch(new RegExp(`${running.id} .*\\$0\\.40 .* running +its guard`));
    const shown = await run("show", running.id, "--dir", dir);
    expect(JSON.parse(shown.said)).toMatchObject({ state: "running" });
  });

  it("shows a note in a silent log as that of a dead guard, with the end of its lease", async () => {
    const { dir, leave } = await place();
    const until = Date.now() + 600_000;
    leave([entryLine(1, { ...spend("res-a"), until })], LONG_AGO);
    leave([entryLine(1, { ...spend("res-b"), until: 1 })], LONG_AGO);
    const { said } = await run("list", "--dir", dir);
    expect(said).toMatch(/^res-a .* dead +in 10 min$/m);
    expect(said).toMatch(/^res-b .* dead +next client$/m);
    expect(await list(dir)).toContainEqual(expect.objectContaining({ not_before_ms: until }));
  });

  it("shows a note that a running process has taken over as that of a dead guard", async () => {
    const { dir, leave } = await place();
    leave([entryLine(1, { ...spend("res-a"), until: 1, isAdopted: true })]);
    expect(await list(dir)).toMatchObject([{ state: "dead", not_before_ms: 1 }]);
  });

  it("shows a guard once that was asleep while its log was taken over", async () => {
    const { dir, leave } = await place();
    const note = { ...spend("res-a"), until: 1 };
    leave([entryLine(1, { ...note, isAdopted: true })]);
    leave([entryLine(9, note)]);
    leave([entryLine(1, { ...note, isAdopted: true })]);
    expect(await list(dir)).toMatchObject([{ state: "running" }]);
  });

  it("shows a spend once that is also in a file, or replaces a note in another log", async () => {
    const { dir, folder, url, leave } = await place();
    leave([entryLine(1, spend("res-a")), entryLine(2, spend("res-b")), entryLine(3, spend("c"))]);
    leave([entryLine(1, { ...spend("c"), until: 1 })], LONG_AGO);
    writeFileSync(join(folder, recordFile("res-a")), recordOf(url, "res-a"));
    const aside = recordFile("res-b").replace("json", "rejected");
    writeFileSync(join(folder, aside), recordOf(url, "res-b"));
    const shown = (await list(dir)).map(({ reservation_id: id, state }) => `${id ?? ""} ${state}`);
    expect(shown.sort()).toEqual(["c pending", "res-a pending", "res-b rejected"]);
  });

  it("does not show what is marked as done, and no torn line", async () => {
    const { dir, leave } = await place();
    leave([entryLine(1, spend("res-a")), doneLine([1]), entryLine(2, spend("res-b")).slice(0, 40)]);
    expect(await list(dir)).toEqual([]);
    expect((await run("list", "--dir", dir)).said).toMatch(/^No records/);
  });

  it("names a damaged log, and a log of another version, beside the spends that it can read", async () => {
    const { dir, folder, leave } = await place();
    const damaged = leave([entryLine(1, spend("res-a")), "{\n"]);
    const foreign = join(folder, logFile());
    writeFileSync(foreign, '{"cycles_log":2}\n');
    const entries = await list(dir);
    expect(entries).toHaveLength(3);
    expect(entries).toContainEqual(expect.objectContaining({ reservation_id: "res-a" }));
    for (const file of [damaged, foreign])
      expect(entries).toContainEqual({ state: "corrupt", file });
  });
});

describe("journal replay", () => {
  it("settles what a killed process has left in its log", async () => {
    const { dir, authority, variables, files } = await place();
    authority.faults.on("commitReservation").delay(600_000);
    const worker = startProcess("commit.mjs", {
      ...variables,
      REQUEST: JSON.stringify(request),
      ACTUAL: JSON.stringify(usd("0.25")),
    });
    await vi.waitUntil(async () => (await list(dir)).length === 1, { timeout: 10_000 });
    await worker.kill();
    authority.faults.clear();
    expect(await replayed(dir)).toMatchObject({ found: 1, settled: 1, moved: 1, in_logs: 0 });
    expect(authority.balances()[0]?.spent).toEqual(usd("0.25"));
    expect(await list(dir)).toEqual([]);
    expect(files().filter((name) => name.endsWith(".json"))).toEqual([]);
  });

  it("moves the spends of all logs to files while the server is away", async () => {
    const { dir, folder, url, goAway, leave } = await place();
    await goAway();
    leave([entryLine(1, spend("res-a")), entryLine(2, spend("res-b"))]);
    leave([entryLine(1, spend("res-c"))], LONG_AGO);
    const other = join(dir, "0123456789abcdef");
    mkdirSync(other);
    const header = headerLine({ baseUrl: "http://other", firstAttemptMs: 1 });
    writeFileSync(join(other, logFile()), header + entryLine(1, spend("res-d")));
    const result = await replayed(dir);
    expect(result).toMatchObject({ found: 3, settled: 0, pending: 3, moved: 4, in_logs: 0 });
    for (const id of ["res-a", "res-b", "res-c"]) {
      const record = readRecord(readFileSync(join(folder, recordFile(id)), "utf8"));
      expect(record).toMatchObject({ reservationId: id, baseUrl: url, mode: "commit" });
      expect(record?.commit).toBe(spend(id).commit);
      expect(JSON.parse(record?.event ?? "")).toMatchObject({ subject });
    }
    expect(readFileSync(join(other, recordFile("res-d")), "utf8")).toContain('"http://other"');
    const places = (await list(dir)).map(({ file }) => file);
    expect(places.filter((file) => !file.endsWith(".json"))).toEqual([]);
    expect(places).toHaveLength(4);
  });

  it("leaves the notes of running guards, and says how many wait and until when", async () => {
    const { dir, leave, files } = await place();
    const until = Date.now() + 600_000;
    const running = leave([entryLine(1, { ...spend("res-a"), until })]);
    leave([entryLine(1, { ...spend("res-b"), until })], LONG_AGO);
    const { code, said } = await run("replay", "--dir", dir);
    expect(code).toBe(0);
    expect(said.split("\n")).toEqual([
      "0 found: 0 settled, 0 set aside, 0 still pending.",
      "Notes of guards that are running, left in logs: 1.",
      `Notes of dead guards, left in logs: 1, until ${new Date(until).toISOString()}, in 10 min.`,
      "",
    ]);
    expect(running).toContain(files().find((name) => running.endsWith(name)));
    expect(await list(dir)).toHaveLength(2);
    expect(await replayed(dir)).toMatchObject({
      notes: { running: 1, dead: 1, dead_until_ms: until },
    });
  });

  it("settles the note of a dead guard whose lease is over", async () => {
    const { dir, authority, clock, leave, reserve, files } = await place();
    const id = await reserve();
    await clock.advance(7_200_000);
    leave([entryLine(1, { ...spend(id), until: 1 })], LONG_AGO);
    expect(await replayed(dir)).toMatchObject({ settled: 1, notes: { running: 0, dead: 0 } });
    expect(authority.balances()[0]?.spent).toEqual(usd("0.25"));
    expect(files()).toEqual([]);
  });

  it("moves a spend whose file was taken after the other spend is settled", async () => {
    const { dir, folder, url, authority, leave, reserve } = await place();
    const id = await reserve();
    writeFileSync(join(folder, recordFile(id)), recordOf(url, id, usd("0.10"), "first"));
    leave([entryLine(1, spend(id, usd("0.20"), "second"))]);
    expect(await replayed(dir)).toMatchObject({ settled: 1, setAside: 1, moved: 1, in_logs: 0 });
    expect(authority.balances()[0]?.spent).toEqual(usd("0.10"));
    expect(await list(dir)).toMatchObject([{ idempotency_key: "second", state: "rejected" }]);
  });

  it("says how many spends it had to leave in logs", async () => {
    const { dir, folder, url, goAway, leave } = await place();
    await goAway();
    writeFileSync(join(folder, recordFile("r")), recordOf(url, "r", usd("0.10"), "first"));
    leave([entryLine(1, spend("r", usd("0.20"), "second"))]);
    const { said } = await run("replay", "--dir", dir);
    expect(said).toContain("Spends left in logs, because their files have other spends: 1.\n");
  });

  it("moves a spend in front of a torn line once", async () => {
    const { dir, authority, leave, reserve } = await place();
    const torn = entryLine(2, spend("res-b")).slice(0, 40);
    leave([entryLine(1, spend(await reserve())), torn]);
    expect(await replayed(dir)).toMatchObject({ found: 1, settled: 1, moved: 1 });
    expect(authority.balances()[0]?.spent).toEqual(usd("0.25"));
  });

  it("names a damaged log of a process that may be running, and moves what it can read", async () => {
    const { dir, authority, leave, reserve } = await place();
    const path = leave([entryLine(1, spend(await reserve()))]);
    appendFileSync(path, "garbage\n");
    const { code, complained } = await run("replay", "--dir", dir);
    expect([code, complained]).toEqual([2, `cycles-client: cannot read ${path} (damaged)\n`]);
    expect(authority.balances()[0]?.spent).toEqual(usd("0.25"));
  });
});
