import { beforeAll, describe, expect, it, vi } from "vitest";
import { startProcess } from "../support/process.js";
import { request } from "../support/responses.js";
import { actual, scene } from "./scene.js";

describe("CR-DURABLE-001: the process dies while its first commit is in flight", () => {
  const world = scene(Date.now());
  let keyBefore: unknown;
  let recordsAfterDeath: Record<string, unknown>[];
  beforeAll(async () => {
    const server = await world.authority.listen();
    // The clock is not advanced, so the commit stays in flight until its process is dead.
    world.authority.faults.on("commitReservation").delay(1_000);
    const worker = startProcess("commit.mjs", {
      ...environment(server.url),
      ACTUAL: JSON.stringify(actual),
      REQUEST: JSON.stringify(request),
    });
    await vi.waitUntil(() => world.sent().length === 1, { timeout: 10_000 });
    await worker.kill();
    keyBefore = world.sent()[0]?.key;
    recordsAfterDeath = world.records();
    const restarted = world.open({ baseUrl: server.url, fetch: globalThis.fetch });
    await restarted.recover();
    await restarted.close();
    // The authority processes the request of the dead process only now. It changes nothing.
    await world.clock.advance(1_000);
    await server.close();
  });

  const environment = (url: string) => ({
    CYCLES_BASE_URL: url,
    CYCLES_API_KEY: world.authority.apiKey("acme"),
    CYCLES_TENANT: "acme",
    CYCLES_JOURNAL_DIR: world.dir,
    CYCLES_JOURNAL_ENABLED: "true",
  });

  it("sends commit, commit_same_key_after_restart", () => {
    expect(world.sent()).toEqual([
      { name: "commit", key: keyBefore },
      { name: "commit", key: keyBefore },
    ]);
  });

  it("journal_write_precedes_first_settlement_request", async () => {
    const seen: unknown[] = [];
    const other = scene();
    const client = other.open({
      fetch: (url, init) => {
        if (url.endsWith("/commit"))
          seen.push(other.records().map((record) => record["commit_body"]));
        return other.authority.fetch(url, init);
      },
    });
    await (await client.reserve(request)).commit(actual);
    const body = other.authority.requests.at(-1)?.request;
    expect(seen).toEqual([[body]]);
  });

  it("unresolved_record_survives_restart", () => {
    expect(recordsAfterDeath).toMatchObject([
      { version: 1, mode: "commit", commit_body: { idempotency_key: keyBefore, actual } },
    ]);
  });

  it("successful_replay_removes_record", () => {
    expect(world.files()).toEqual([]);
  });

  it("settlement_occurs_at_most_once", () => {
    expect(world.spent()).toBe(actual.amount);
  });
});
