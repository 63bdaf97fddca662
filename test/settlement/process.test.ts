import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished } from "vitest";
import { startProcess } from "../support/process.js";
import { request } from "../support/responses.js";

const actual = usd("0.30");

async function setUp() {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") } });
  const server = await authority.listen();
  onTestFinished(async () => {
    rmSync(dir, { recursive: true });
    await authority.close();
  });
  const env = {
    CYCLES_BASE_URL: server.url,
    CYCLES_API_KEY: authority.apiKey("acme"),
    CYCLES_TENANT: "acme",
    CYCLES_JOURNAL_DIR: dir,
    CYCLES_JOURNAL_ENABLED: "true",
    CYCLES_LOG: "off",
    CYCLES_RETRY_MAX_ATTEMPTS: "1",
    REQUEST: JSON.stringify(request),
    ACTUAL: JSON.stringify(actual),
  };
  const records = () =>
    readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
  return { authority, env, records, spent: () => authority.balances()[0]?.spent };
}

// Neither program flushes or closes its client, so each is a process that simply ends.
describe("a process that ends while a spend is pending", () => {
  it("waits for the next attempt, and ends when the ledger has the spend", async () => {
    const { authority, env, records, spent } = await setUp();
    authority.faults.on("commitReservation", { times: 2 }).respond(503);
    await startProcess("commit.mjs", env).done();
    expect([spent(), records()]).toEqual([actual, []]);
  });

  it("does not wait forever: the record stays, and a later process settles it", async () => {
    const { authority, env, records, spent } = await setUp();
    authority.faults.on("commitReservation", { times: 1_000 }).respond(503);
    const impatient = { CYCLES_RETRY_INITIAL_DELAY: "50", CYCLES_RETRY_MAX_DELAY: "60000" };
    const short = { CYCLES_RETRY_FLUSH_TIMEOUT: "100", SETTLE_TIMEOUT: "100" };
    await startProcess("commit.mjs", { ...env, ...impatient, ...short }).done();
    expect([spent(), records().length]).toEqual([usd("0"), 1]);
    authority.faults.clear();
    await startProcess("replay.mjs", env).done();
    expect([spent(), records()]).toEqual([actual, []]);
  });
});

it("a process is not kept alive by an idle client", async () => {
  const { env, spent } = await setUp();
  await startProcess("commit.mjs", env).done();
  expect(spent()).toEqual(actual);
});
