import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, CyclesClient, type Notice, usd } from "cycles-client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { identityOf, recordFile } from "../../src/settlement/journal/names.js";
import { writeRecord } from "../../src/settlement/record.js";
import { request } from "../support/responses.js";

const baseUrl = "http://cycles.invalid";
const actual = usd("0.01");

function recordOf(reservationId: string, padding = ""): string {
  const commit = { idempotency_key: `k-${reservationId}`, actual, metadata: { padding } };
  return writeRecord({
    reservationId,
    baseUrl,
    mode: "commit",
    commit: JSON.stringify(commit),
    event: undefined,
    recordedAt: Date.now(),
    notBefore: undefined,
  });
}

const committed = () => Response.json({ status: "COMMITTED", charged: actual });

/** A folder in which an earlier process has left records. */
async function leftBehind(count: number) {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const folder = join(dir, await identityOf({ baseUrl, tenant: "acme", apiKey: undefined }));
  mkdirSync(folder, { mode: 0o700 });
  for (let at = 0; at < count; at += 1)
    writeFileSync(join(folder, recordFile(`r-${at}`)), recordOf(`r-${at}`));
  const notices: Notice[] = [];
  const open = (fetch: NonNullable<ClientOptions["fetch"]>) =>
    new CyclesClient({
      baseUrl,
      apiKey: "cyc_live_x",
      subject: { tenant: "acme" },
      journalDir: dir,
      logLevel: "off",
      flushTimeout: 30_000,
      onNotice: (notice) => notices.push(notice),
      fetch,
    });
  return { folder, notices, open };
}

describe("a large journal", () => {
  it("lets other work run while its records are restored", async () => {
    let turns = 0;
    let turnsBeforeCommit: number | undefined;
    const count = () => {
      turns += 1;
      if (turnsBeforeCommit === undefined) setImmediate(count);
    };
    const records = Array.from({ length: 1_000 }, (_, at) => ({
      reservationId: `r-${at}`,
      record: recordOf(`r-${at}`, "x".repeat(10_000)),
    }));
    const client = new CyclesClient({
      baseUrl,
      logLevel: "off",
      journal: {
        put: () => undefined,
        remove: () => undefined,
        setAside: () => undefined,
        list: () => {
          setImmediate(count);
          return records;
        },
      },
      fetch: () => {
        turnsBeforeCommit ??= turns;
        return Promise.resolve(committed());
      },
    });
    expect(await client.recover()).toMatchObject({ found: 1_000, settled: 1_000 });
    expect(turnsBeforeCommit).toBeGreaterThan(1);
  });

  it("is counted before it is read, and a reservation does not wait for it", async () => {
    const { notices, open } = await leftBehind(1_000);
    const never = new Promise<Response>(() => undefined);
    let commits = 0;
    const client = open((url) => {
      if (url.endsWith("/commit")) commits += 1;
      const reserved = { decision: "ALLOW", reservation_id: "own", affected_scopes: [] };
      return url.endsWith("/commit") ? never : Promise.resolve(Response.json(reserved));
    });
    await client.reserve(request, { heartbeat: false }).catch(() => undefined);
    expect(commits).toBe(0);
    await vi.waitUntil(() => commits === 8);
    expect(notices).toContainEqual({ type: "recovering", records: 1_000 });
  });

  it("is settled as a whole, though a huge file and a folder are among its records", async () => {
    const { folder, notices, open } = await leftBehind(700);
    writeFileSync(join(folder, "v2-sparse.json"), "");
    truncateSync(join(folder, "v2-sparse.json"), 2 ** 33);
    mkdirSync(join(folder, "v2-folder.json"));
    const client = open(() => Promise.resolve(committed()));
    expect(await client.recover()).toEqual({ found: 700, settled: 700, setAside: 0, pending: 0 });
    expect(notices).toContainEqual({
      type: "journal_corrupt",
      record: join(folder, "v2-sparse.corrupt"),
    });
    await client.close();
  });
});
