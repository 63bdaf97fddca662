import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CyclesClient, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { duration, type Entry, toRow } from "../../src/cli/journal/entry.js";
import { journalCommand as run } from "../support/journal-command.js";
import { request } from "../support/responses.js";

/** A journal folder, and an authority behind a socket that the environment variables name. */
async function place() {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  const authority = new EmbeddedCycles({
    budgets: { "tenant:acme": { allocated: usd("1.00"), overdraft_limit: usd("0.01") } },
  });
  const server = await authority.listen();
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
    await authority.close();
  });
  vi.stubEnv("CYCLES_BASE_URL", server.url);
  vi.stubEnv("CYCLES_API_KEY", authority.apiKey("acme"));
  vi.stubEnv("CYCLES_TENANT", "acme");
  vi.stubEnv("CYCLES_LOG", "off");
  const client = new CyclesClient({ journalDir: dir, retry: { maxAttempts: 1 }, flushTimeout: 0 });
  const files = () =>
    readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("."));
  return { dir, authority, client, files };
}

/** Leaves one pending spend, and one refused spend for each of these amounts. */
async function leftovers(...refused: string[]) {
  const { client, authority, ...rest } = await place();
  const pending = await client.reserve(request);
  const rejected = await client.reserve({
    ...request,
    overage_policy: "ALLOW_WITH_OVERDRAFT",
  });
  for (const amount of refused.length > 0 ? refused : ["0.90"])
    await rejected.commit(usd(amount)).catch(() => undefined);
  authority.faults.on("commitReservation", { times: 9 }).respond(401);
  await pending.commit(usd("0.30"));
  // Another process settles what this client leaves behind.
  await client.close();
  authority.faults.clear();
  return { ...rest, client, authority, pending, rejected };
}

describe("journal list", () => {
  it("reports an empty folder with its path", async () => {
    const { dir } = await place();
    const { code, said } = await run("list", "--dir", dir);
    expect([code, said]).toEqual([0, `No records in ${dir}.\n`]);
    expect((await run("list", "--dir", join(dir, "nowhere"))).code).toBe(0);
  });

  it("shows reservation, amount, age, mode, state and the next step", async () => {
    const { dir, pending, rejected } = await leftovers();
    const { said } = await run("list", "--dir", dir);
    const [heading = "", ...rows] = said.trimEnd().split("\n");
    expect(heading.split(/ +/)).toEqual(["reservation", "actual", "age", "as", "state", "next"]);
    expect(rows).toHaveLength(2);
    expect(rows.find((row) => row.includes("$0.30"))).toMatch(
      new RegExp(`^${pending.id} .* s +commit +pending +next client$`),
    );
    expect(rows.find((row) => row.startsWith(rejected.id))).toMatch(/rejected +replay --rejected$/);
  });

  it("prints one object per line with --json", async () => {
    const { dir, pending } = await leftovers();
    const { said } = await run("list", "--dir", dir, "--json");
    const entries = said
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Entry);
    expect(entries.find(({ state }) => state === "pending")).toMatchObject({
      reservation_id: pending.id,
      actual: usd("0.30"),
      mode: "commit",
    });
  });

  it("names a file that is not a valid record", async () => {
    const { dir } = await place();
    writeFileSync(join(dir, "x.corrupt"), "{");
    expect((await run("list", "--dir", dir)).said).toMatch(/x\.corrupt.*\? .*inspect the file/);
  });
});

describe("a file of another program", () => {
  const record = (id: string, actual: string) =>
    `{"version":1,"reservation_id":${JSON.stringify(id)},"base_url":"http://x"` +
    `,"commit_body":{"idempotency_key":"k","actual":${actual}},"recorded_at_ms":9007199254740991}`;

  it("is printed without control and bidi characters", async () => {
    const { dir } = await place();
    const id = "r\u001b[2J\u202e\u009b1m\u2028\u{e0001}end";
    writeFileSync(join(dir, "x.json"), record(id, '{"unit":"\\u0007","amount":1}'));
    for (const args of [["list"], ["list", "--json"], ["show", "r"], ["show", "r", "--json"]]) {
      const { code, said } = await run(...args, "--dir", dir);
      expect(code).toBe(0);
      expect(said.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      if (args[0] === "show" || args.length > 1)
        expect(JSON.parse(said)).toMatchObject({ reservation_id: id });
    }
  });

  it.each([
    ["1e400", "Infinity USD_MICROCENTS"],
    ["-1.5", "-1.5 USD_MICROCENTS"],
  ])("may contain the amount %s", async (amount, shown) => {
    const { dir } = await place();
    writeFileSync(join(dir, "x.json"), record("r", `{"unit":"USD_MICROCENTS","amount":${amount}}`));
    const { code, said } = await run("list", "--dir", dir);
    expect(code).toBe(0);
    expect(said).toContain(shown);
  });

  it("is not read beyond the size of a record", async () => {
    const { dir } = await place();
    const file = join(dir, "huge.json");
    writeFileSync(file, "");
    truncateSync(file, 5 * 2 ** 30);
    mkdirSync(join(dir, "folder.json"));
    const { code, said } = await run("list", "--dir", dir);
    expect(code).toBe(0);
    expect(said).toMatch(/huge\.json .* pending +inspect the file\n$/);
    expect((await run("show", "r", "--dir", dir)).code).toBe(2);
    expect((await run("replay", "--rejected", "--dir", dir)).code).toBe(0);
  });
});

describe("journal show", () => {
  it("prints the record of a reservation by the beginning of its id", async () => {
    const { dir, pending } = await leftovers();
    const { code, said } = await run("show", pending.id.slice(0, 13), "--dir", dir);
    expect(code).toBe(0);
    expect(JSON.parse(said)).toMatchObject({ reservation_id: pending.id, state: "pending" });
  });

  it("reports in one line that there is no record", async () => {
    const { dir } = await place();
    const { code, complained } = await run("show", "nobody", "--dir", dir);
    expect(code).toBe(2);
    expect(complained).toBe(`cycles-client: No record of reservation nobody in ${dir}\n`);
  });
});

describe("journal replay", () => {
  it("settles pending records, and keeps refused ones", async () => {
    const { dir, authority, files } = await leftovers();
    const { code, said } = await run("replay", "--dir", dir);
    expect([code, said]).toEqual([0, "1 found: 1 settled, 0 set aside, 0 still pending.\n"]);
    expect(authority.balances()[0]?.spent).toEqual(usd("0.30"));
    expect(files().map((name) => name.split(".").at(-1))).toEqual(["rejected"]);
  });

  it("settles refused records with --rejected, after the cause is fixed", async () => {
    const { dir, authority, files } = await leftovers();
    authority.fund("tenant:acme", usd("5.00"));
    const { said } = await run("replay", "--rejected", "--json", "--dir", dir);
    expect(JSON.parse(said)).toMatchObject({ found: 2, settled: 2, put_back: 1 });
    expect(authority.balances()[0]?.spent).toEqual(usd("1.20"));
    expect(files()).toEqual([]);
  });

  it("settles only the last of several refusals, and then removes all records of the reservation", async () => {
    const { dir, authority, files } = await leftovers("0.90", "0.95", "0.85");
    expect(files().filter((name) => name.endsWith(".rejected"))).toHaveLength(3);
    authority.fund("tenant:acme", usd("5.00"));
    const { said } = await run("replay", "--rejected", "--json", "--dir", dir);
    expect(JSON.parse(said)).toMatchObject({ found: 2, settled: 2, put_back: 1 });
    expect(authority.balances()[0]?.spent).toEqual(usd("1.15"));
    expect(files()).toEqual([]);
  });

  it("needs a base URL", async () => {
    const { dir } = await place();
    vi.stubEnv("CYCLES_BASE_URL", "");
    const { code, complained } = await run("replay", "--dir", dir);
    expect(code).toBe(2);
    expect(complained).toMatch(/^cycles-client: No base URL.*\n$/);
  });
});

describe("a row of the list", () => {
  const entry: Entry = {
    reservation_id: "r",
    base_url: "http://x",
    state: "pending",
    mode: "event",
    actual: usd("1"),
    idempotency_key: "k",
    recorded_at_ms: 0,
    not_before_ms: 90_000,
    file: "f",
  };

  it("shows when the record may be sent again", () => {
    expect(toRow(entry, 30_000)).toEqual(["r", "$1.00", "30 s", "event", "pending", "in 60 s"]);
    expect(toRow({ ...entry, state: "stale" }, 0).at(-1)).toBe("check the ledger");
  });

  it.each([
    [0, "0 s"],
    [119_000, "119 s"],
    [120_000, "2 min"],
    [7_200_000, "2 h"],
    [172_800_000, "2 days"],
    [-5, "0 s"],
  ])("shows %d ms as %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
