import type * as nodeFs from "node:fs";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, CyclesClient, type Notice, usd } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openJournal } from "../../../src/settlement/journal/file-journal.js";
import { identityOf, recordFile } from "../../../src/settlement/journal/names.js";
import { writeRecord } from "../../../src/settlement/record.js";
import { request } from "../../support/responses.js";

/** The functions of node:fs that fail, each for paths with an ending and with a code. */
const faults = vi.hoisted(
  () => new Map<string, { readonly code: string; readonly ending: string }>(),
);

vi.mock("node:fs", async (importOriginal) => {
  const fs: typeof nodeFs = await importOriginal();
  const names = [
    "chmodSync",
    "linkSync",
    "openSync",
    "renameSync",
    "unlinkSync",
    "writeFileSync",
  ] as const;
  const failing = names.map((name) => {
    const real = fs[name] as (...args: unknown[]) => unknown;
    const call = (...args: unknown[]): unknown => {
      const fault = faults.get(name);
      if (fault === undefined || !String(args[0]).endsWith(fault.ending)) return real(...args);
      throw Object.assign(new Error(`${fault.code}: ${name} '${String(args[0])}'`), fault);
    };
    return [name, call] as const;
  });
  return { ...fs, ...Object.fromEntries(failing) };
});

const fail = (name: string, code: string, ending = "") => void faults.set(name, { code, ending });

beforeEach(() => {
  faults.clear();
});

function folder() {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  onTestFinished(() => {
    faults.clear();
    rmSync(dir, { recursive: true });
  });
  return dir;
}

function world(options: ClientOptions = {}) {
  const dir = folder();
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, clock });
  const notices: Notice[] = [];
  const { journal: _, ...given } = authority.clientOptions("acme");
  const client = new CyclesClient({
    ...given,
    journalDir: dir,
    journalMode: "files",
    logLevel: "off",
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  return {
    authority,
    client,
    dir,
    identity: { baseUrl: given.baseUrl, tenant: "acme", apiKey: undefined },
    commit: async (amount = "0.01") =>
      (await client.reserve(request, { heartbeat: false })).commit(usd(amount)),
    files: () =>
      readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".")),
    failures: () =>
      notices.flatMap((notice) =>
        notice.type === "journal_failed" ? [[notice.action, notice.code]] : [],
      ),
    messages: () =>
      notices.flatMap((notice) => (notice.type === "journal_failed" ? [notice.message] : [])),
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
  };
}

describe("a disk that cannot store records", () => {
  it.each(["ENOSPC", "EACCES", "EROFS", "EPERM"])(
    "is reported once (%s), and spends are recorded without the journal",
    async (code) => {
      const { commit, failures, files, spent } = world();
      fail("writeFileSync", code);
      for (let times = 0; times < 3; times += 1)
        expect(await commit()).toMatchObject({ state: "committed" });
      expect(spent()).toBe(usd("0.03").amount);
      expect(failures()).toEqual([["write", code]]);
      expect(files()).toEqual([]);
    },
  );

  it("is reported with the first error if the temporary file cannot be removed either", async () => {
    const { commit, failures } = world();
    fail("writeFileSync", "ENOSPC");
    fail("unlinkSync", "EACCES");
    await commit();
    expect(failures()[0]).toEqual(["write", "ENOSPC"]);
  });

  it("is reported again if it worked in between", async () => {
    const { commit, failures } = world();
    for (let times = 0; times < 2; times += 1) {
      fail("writeFileSync", "ENOSPC");
      await commit();
      faults.clear();
      await commit();
    }
    expect(failures()).toEqual([
      ["write", "ENOSPC"],
      ["write", "ENOSPC"],
    ]);
  });
});

describe("a record that is too large for the journal", () => {
  it("is not durable, and a notice says why once", async () => {
    const dir = folder();
    const { identity } = world();
    const files = openJournal({
      ...identity,
      dir,
      onCorrupt: () => undefined,
      onExposed: () => undefined,
      onUnreadable: () => undefined,
    });
    const large = (record: string) => record + " ".repeat(4 * 2 ** 20);
    let isLarge = true;
    const { authority, client, failures, messages } = world({
      retry: { maxAttempts: 1 },
      journal: {
        put: (id, record) => files.put(id, isLarge ? large(record) : record),
        remove: (id) => files.remove(id),
        list: () => files.list(),
        setAside: (id, record, why) => files.setAside(id, record, why),
      },
    });
    for (let times = 0; times < 2; times += 1) {
      isLarge = true;
      const guard = await client.reserve(request, { heartbeat: false });
      authority.faults.on("commitReservation").drop("before");
      expect(await guard.commit(usd("0.10"))).toMatchObject({ state: "queued", durable: false });
      // After a record that fits was written, the large one is not reported again.
      isLarge = false;
      await (await client.reserve({ ...request, estimate: usd("0.01") })).commit(usd("0.01"));
    }
    expect(failures()).toEqual([["write", "RECORD_TOO_LARGE"]]);
    expect(messages()[0]).toMatch(/at most 4194304/);
    expect(readdirSync(dir, { recursive: true, encoding: "utf8" }).join()).not.toContain(".json");
  });

  it("does not result from large details: they are left out, and the spend is durable", async () => {
    const { authority, client, files } = world({ retry: { maxAttempts: 1 } });
    const guard = await client.reserve(request, { heartbeat: false });
    authority.faults.on("commitReservation").drop("before");
    const metadata = { transcript: "x".repeat(3 * 2 ** 20) };
    expect(await guard.commit(usd("0.10"), { metadata })).toMatchObject({
      state: "queued",
      durable: true,
    });
    expect(files()).toHaveLength(1);
  });
});

describe("a file that cannot be removed", () => {
  it("is reported once, even if many commits try to remove it", async () => {
    const { commit, client, failures, files } = world();
    const guard = await client.reserve(request, { heartbeat: false });
    fail("unlinkSync", "EPERM", recordFile(guard.id));
    await guard.commit(usd("0.01"));
    for (let times = 0; times < 5; times += 1) await commit();
    expect(failures()).toEqual([["remove", "EPERM"]]);
    expect(files().map((name) => name.split("/").at(-1))).toEqual([recordFile(guard.id)]);
    faults.clear();
    await commit();
    expect(files()).toEqual([]);
  });

  it("does not keep other files from being removed", async () => {
    const { commit, client, files } = world();
    fail("unlinkSync", "EPERM", ".json");
    const guards = [];
    for (let times = 0; times < 3; times += 1) {
      const guard = await client.reserve({ ...request, estimate: usd("0.01") });
      await guard.commit(usd("0.01"));
      guards.push(guard);
    }
    expect(files()).toHaveLength(3);
    fail("unlinkSync", "EPERM", recordFile(guards[0]?.id ?? ""));
    await commit();
    await commit();
    expect(files().map((name) => name.split("/").at(-1))).toEqual([
      recordFile(guards[0]?.id ?? ""),
    ]);
  });
});

describe("a refused record that cannot be set aside", () => {
  async function refusedOnce() {
    const there = world({ retry: { maxAttempts: 1 } });
    const guard = await there.client.reserve(request, { heartbeat: false });
    const body = { error: "BUDGET_EXCEEDED", message: "m", request_id: "r" };
    there.authority.faults.on("commitReservation").respond(409, { body });
    fail("linkSync", "EIO");
    fail("renameSync", "EIO", ".json");
    await expect(guard.commit(usd("0.30"))).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    return { ...there, guard, endings: () => there.files().map((name) => name.split(".").at(-1)) };
  }

  it("is set aside for the corrected spend once the disk works again", async () => {
    const { authority, guard, endings } = await refusedOnce();
    expect(endings()).toEqual(["json"]);
    faults.clear();
    authority.faults.on("commitReservation").drop("before");
    expect(await guard.commit(usd("0.20"))).toMatchObject({ state: "queued", durable: true });
    expect(endings().sort()).toEqual(["json", "rejected"]);
  });

  it("is removed with the corrected spend, even if that has no record", async () => {
    const { guard, endings, spent } = await refusedOnce();
    expect(await guard.commit(usd("0.20"))).toMatchObject({ state: "committed" });
    expect(endings()).toEqual([]);
    expect(spent()).toBe(usd("0.20").amount);
  });
});

describe("a file that cannot be read", () => {
  it("stays where it is, and is reported once until all files can be read", async () => {
    const { authority, client, failures, files } = world({ retry: false });
    const guard = await client.reserve(request, { heartbeat: false });
    authority.faults.on("commitReservation").drop("before");
    await guard.commit(usd("0.01"));
    for (let rounds = 0; rounds < 2; rounds += 1) {
      fail("openSync", "EIO", recordFile(guard.id));
      for (let times = 0; times < 3; times += 1)
        expect(await client.recover()).toMatchObject({ found: 0 });
      expect(files()).toHaveLength(1);
      faults.clear();
      authority.faults.on("commitReservation").drop("before");
      expect(await client.recover()).toMatchObject({ found: 1, pending: 1 });
    }
    expect(failures()).toEqual([
      ["read", "EIO"],
      ["read", "EIO"],
    ]);
  });
});

describe("a folder whose mode cannot be changed", () => {
  it("is used, and a notice says once that others can read it", async () => {
    const { authority, dir, identity, commit, files, failures, messages } = world();
    const at = join(dir, await identityOf(identity));
    mkdirSync(at);
    chmodSync(at, 0o755);
    fail("chmodSync", "EPERM");
    const body = { error: "BUDGET_EXCEEDED", message: "m", request_id: "r" };
    authority.faults.on("commitReservation").respond(409, { body });
    await expect(commit()).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    expect(files().map((name) => name.split(".").at(-1))).toEqual(["rejected"]);
    rmSync(at, { recursive: true });
    mkdirSync(at);
    await commit();
    expect(failures()).toEqual([["keep others out of its folder", "EPERM"]]);
    expect(messages()[0]).toMatch(
      /^others can read .* \(mode 755\), .*changed: .*EPERM.*; the journal uses it anyway$/,
    );
  });
});

describe("on a file system without hard links", () => {
  const principal = { baseUrl: "http://cycles.invalid", tenant: "acme", apiKey: undefined };
  const record = (key: string, recordedAt = 1) =>
    writeRecord({
      reservationId: "r",
      baseUrl: principal.baseUrl,
      mode: "commit",
      commit: `{"idempotency_key":"${key}","actual":{"unit":"TOKENS","amount":1}}`,
      event: undefined,
      recordedAt,
      notBefore: undefined,
    });

  it.each(["EPERM", "ENOTSUP", "ENOSYS", "EMLINK"])(
    "(%s) a record is kept, replaced only by the same spend, set aside and removed",
    async (code) => {
      fail("linkSync", code);
      const dir = folder();
      const journal = openJournal({
        ...principal,
        dir,
        onCorrupt: () => undefined,
        onExposed: () => undefined,
        onUnreadable: () => undefined,
      });
      const at = join(dir, await identityOf(principal));
      const names = () => readdirSync(at).sort();
      expect(await journal.put("r", record("k"))).toBe("kept");
      expect(await journal.put("r", record("k", 2))).toBe("kept");
      expect(await journal.put("r", record("another"))).toBe("occupied");
      expect(readFileSync(join(at, recordFile("r")), "utf8")).toBe(record("k", 2));
      expect(await journal.setAside("r", record("k", 2), "rejected")).toBe("kept");
      const aside = recordFile("r").replace(/json$/, "rejected");
      expect(names()).toEqual([aside]);
      writeFileSync(join(at, recordFile("r")), record("k"));
      await journal.remove("r");
      expect(names()).toEqual([]);
    },
  );
});
