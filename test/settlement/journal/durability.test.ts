import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { request } from "../../support/responses.js";
import { actual, finish, scene } from "../../recovery/scene.js";

/** Larger than any record. */
const FIVE_MIB = 5 * 2 ** 20;

describe("a record in the journal", () => {
  it("is replaced as a whole: a reader that has opened the old one reads all of it", async () => {
    const world = scene();
    let opened: number | undefined;
    let before = "";
    const client = world.open({
      settleTimeout: 1_000,
      journalMode: "files",
      fetch: (url, init) => {
        const [file = ""] = world.files();
        if (url.endsWith("/commit")) {
          opened = openSync(file, "r");
          before = readFileSync(file, "utf8");
        }
        return world.authority.fetch(url, init);
      },
    });
    const guard = await client.reserve(request, { heartbeat: false });
    world.authority.faults.on("commitReservation").rateLimit(600);
    await finish(guard.commit(actual), world.clock);
    const [file = "", ...more] = world.files();
    const after = readFileSync(file, "utf8");
    if (opened === undefined) throw new Error("no commit was sent");
    const still = readFileSync(opened, "utf8");
    closeSync(opened);
    expect(more).toEqual([]);
    expect(JSON.parse(after)).toMatchObject({ not_before_ms: expect.any(Number) });
    expect(JSON.parse(before)).toMatchObject({ not_before_ms: null });
    expect(still).toBe(before);
  });

  it("is set aside and not sent if it is too large, and the others are sent", async () => {
    const world = scene();
    const { key, record } = await world.leaveBehind();
    const [file = ""] = world.files();
    const large = join(dirname(file), "v2-large.json");
    const other = JSON.stringify({ ...record, reservation_id: "of-another" });
    // White space is valid JSON, so only the size is wrong.
    writeFileSync(large, `${other}${" ".repeat(FIVE_MIB)}`);
    const client = world.open();
    expect(await client.recover()).toMatchObject({ found: 1, pending: 0 });
    await client.close();
    expect(world.sent()).toEqual([{ name: "commit", key }]);
    const aside = large.replace(/\.json$/, ".corrupt");
    expect(world.files()).toEqual([aside]);
    expect(world.notices).toContainEqual({ type: "journal_corrupt", record: aside });
  });
});
