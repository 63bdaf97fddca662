import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { actual, scene } from "./scene.js";

describe("CR-DURABLE-005: the journal holds an invalid record and one of another version", () => {
  const world = scene();
  const corrupt = "{ half a rec";
  beforeAll(async () => {
    await world.leaveBehind();
    const [valid = ""] = world.files();
    const folder = dirname(valid);
    copyFileSync(valid, join(folder, "kept.copy"));
    const other = { ...world.records()[0], version: 2, reservation_id: "of-the-future" };
    writeFileSync(join(folder, "v2-corrupt.json"), corrupt);
    writeFileSync(join(folder, "v2-future.json"), JSON.stringify(other));
    const client = world.open();
    await client.recover();
    await client.close();
  });
  const names = () =>
    world
      .files()
      .map((file) => basename(file))
      .sort();

  it("corrupt_record_is_quarantined", () => {
    const aside = world.files().find((file) => file.endsWith("v2-corrupt.corrupt")) ?? "";
    expect(readFileSync(aside, "utf8")).toBe(corrupt);
  });

  it("unsupported_record_version_is_quarantined", () => {
    expect(names()).toEqual(["kept.copy", "v2-corrupt.corrupt", "v2-future.corrupt"]);
  });

  it("other_valid_records_still_replay", () => {
    expect(world.spent()).toBe(actual.amount);
    expect(world.sent()).toHaveLength(1);
  });

  it("corruption_is_reported", () => {
    const reported = world.notices.filter(({ type }) => type === "journal_corrupt");
    expect(reported).toHaveLength(2);
    expect(reported).toMatchObject([
      { record: expect.stringContaining(".corrupt") },
      { record: expect.stringContaining(".corrupt") },
    ]);
  });
});
