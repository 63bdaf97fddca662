import { beforeAll, describe, expect, it, vi } from "vitest";
import { startProcess } from "../support/process.js";
import { actual, scene } from "./scene.js";

describe("CR-DURABLE-006: two processes replay the same record at once", () => {
  const world = scene(Date.now());
  let first: Awaited<ReturnType<typeof world.leaveBehind>>;
  beforeAll(async () => {
    const server = await world.authority.listen();
    first = await world.leaveBehind({ baseUrl: server.url, fetch: globalThis.fetch });
    // Both commits are in flight before the server responds to either.
    world.authority.faults.on("commitReservation", { times: 2 }).delay(1_000);
    const env = {
      CYCLES_BASE_URL: server.url,
      CYCLES_API_KEY: world.authority.apiKey("acme"),
      CYCLES_TENANT: "acme",
      CYCLES_JOURNAL_DIR: world.dir,
      CYCLES_JOURNAL_ENABLED: "true",
    };
    const workers = [startProcess("replay.mjs", env), startProcess("replay.mjs", env)];
    await vi.waitUntil(() => world.sent().length === 2, { timeout: 10_000 });
    await world.clock.advance(1_000);
    await Promise.all(workers.map((worker) => worker.done()));
    await server.close();
  });

  it("sends concurrent_commit_same_key", () => {
    const commit = { name: "commit", key: first.key };
    expect(world.sent()).toEqual([commit, commit]);
    expect(world.authority.requests.map(({ body }) => body)).toEqual([first.body, first.body]);
    expect(first.record).toMatchObject({ mode: "commit", commit_body: JSON.parse(first.body) });
  });

  it("settlement_occurs_at_most_once", () => {
    expect(world.spent()).toBe(actual.amount);
  });

  it("terminal_record_is_removed", () => {
    expect(world.files()).toEqual([]);
  });
});
