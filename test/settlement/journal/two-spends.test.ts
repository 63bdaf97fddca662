import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, CyclesClient, type Notice, usd } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { expect, it, onTestFinished } from "vitest";
import { request as plain } from "../../support/responses.js";

const request = { ...plain, overage_policy: "REJECT" as const };
const opened = { idempotencyKey: "delivery-1", heartbeat: false } as const;

/** Two processes with the same work. Their reserves have one key, so they share a reservation. */
async function twoGuards() {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, clock });
  const notices: Notice[] = [];
  const open = (more: ClientOptions = {}) => {
    const { journal: _, ...given } = authority.clientOptions("acme");
    return new CyclesClient({
      ...given,
      journalDir: dir,
      journalMode: "files",
      logLevel: "off",
      onNotice: (notice) => notices.push(notice),
      ...more,
    });
  };
  const files = () =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => ({
        ending: name.split(".").at(-1),
        text: readFileSync(join(parentPath, name), "utf8"),
      }));
  const first = await open({ retry: { maxAttempts: 1 } }).reserve(request, opened);
  const second = await open({ retry: false }).reserve(request, opened);
  expect(second.id).toBe(first.id);
  return { authority, clock, notices, files, open, first, second };
}

it("a second guard of a reservation does not overwrite the record of the first guard's spend", async () => {
  const { authority, files, first, second } = await twoGuards();
  authority.faults.on("commitReservation", { times: 2 }).respond(503);
  expect(await first.commit(usd("0.30"))).toMatchObject({ state: "queued", durable: true });
  const [record] = files();
  await expect(second.commit(usd("0.10"))).rejects.toMatchObject({ retryable: true });
  expect(files()).toEqual([record]);
});

it("a spend stays in the journal if another spend of its reservation is recorded first", async () => {
  const { authority, clock, notices, files, first, second } = await twoGuards();
  authority.faults.on("commitReservation").respond(503);
  await first.commit(usd("0.30"));
  const [record] = files();
  expect(await second.commit(usd("0.10"))).toMatchObject({ state: "committed" });
  expect(files()).toEqual([record]);
  // The next attempt for the first spend is refused, and its record is set aside.
  await clock.advance(60_000);
  expect(files()).toEqual([{ ending: "rejected", text: record?.text }]);
  expect(notices.filter(({ type }) => type === "settlement_failed")).toEqual([
    expect.objectContaining({ actual: usd("0.30"), kept: true }),
  ]);
});

it("two spends of a reservation in one client do not overwrite each other's records", async () => {
  const { authority, clock, notices, files, open } = await twoGuards();
  let unreachable = ["30000000", "10000000"];
  const client = open({
    retry: { maxAttempts: 1 },
    fetch: async (url, init) => {
      const body = typeof init.body === "string" ? init.body : "";
      if (unreachable.some((amount) => body.includes(amount))) throw new TypeError("fetch failed");
      return authority.fetch(url, init);
    },
  });
  const first = await client.reserve(request, opened);
  const second = await client.reserve(request, opened);
  expect(await first.commit(usd("0.30"))).toMatchObject({ state: "queued", durable: true });
  expect(await second.commit(usd("0.10"))).toMatchObject({ state: "queued", durable: false });
  unreachable = ["10000000"];
  await clock.advance(60_000);
  expect(authority.balances("tenant:acme")[0]?.spent).toEqual(usd("0.30"));
  unreachable = [];
  await clock.advance(600_000);
  // One is in the ledger, and its record is gone. The other was refused and set aside.
  const refused = notices.filter((notice) => notice.type === "settlement_failed");
  expect(refused).toMatchObject([{ actual: usd("0.10"), kept: true }]);
  expect(files()).toMatchObject([{ ending: "rejected" }]);
  expect(files()[0]?.text).toContain(refused[0]?.idempotencyKey);
});
