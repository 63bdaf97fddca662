import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, usd } from "cycles-client";
import { expect, it, onTestFinished } from "vitest";
import { openJournal } from "../../../src/settlement/journal/file-journal.js";
import { budgeted } from "../../support/budgeted.js";
import { rateLimited, refusal, request } from "../../support/responses.js";

function setUp() {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const open = () =>
    openJournal({
      dir,
      baseUrl: "http://cycles.invalid",
      tenant: "acme",
      apiKey: undefined,
      onCorrupt: () => undefined,
      onExposed: () => undefined,
      onUnreadable: () => undefined,
    });
  const files = () =>
    readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return { open, files };
}

it("a refused record is removed with a smaller spend, even if another process set it aside", async () => {
  const { open, files } = setUp();
  const journal = open();
  const { client, fail } = budgeted({ journal });
  const guard = await client.reserve(request);
  fail("commit", refusal(409, "BUDGET_EXCEEDED"));
  await expect(guard.commit(usd("0.3"))).rejects.toThrow();
  expect(files().map(({ name }) => name.split(".").at(-1))).toEqual(["rejected"]);

  const another = open();
  await another.put(guard.id, "a smaller spend");
  await another.remove(guard.id);
  expect(files()).toEqual([]);
});

it("a record has whole milliseconds, even if the clock has fractions", async () => {
  const { open, files } = setUp();
  const journal = open();
  const clock = { ...systemClock, now: () => Date.now() + 0.25 };
  const { client, fail } = budgeted({ clock, retry: false, journal });
  const guard = await client.reserve(request);
  fail("commit", rateLimited(60));
  expect(await guard.commit(usd("0.3"))).toMatchObject({ state: "queued", durable: true });
  const [file] = files();
  const record = JSON.parse(readFileSync(join(file?.parentPath ?? "", file?.name ?? ""), "utf8"));
  expect([record.recorded_at_ms, record.not_before_ms].every(Number.isSafeInteger)).toBe(true);
});
