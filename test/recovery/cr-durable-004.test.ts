import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { actual, scene } from "./scene.js";

describe("CR-DURABLE-004: the API key is rotated between two processes of a tenant", () => {
  const world = scene();
  let stored = "";
  beforeAll(async () => {
    await world.leaveBehind({ apiKey: "key_of_yesterday" });
    stored = world
      .files()
      .map((file) => `${file}\n${readFileSync(file, "utf8")}`)
      .join();
    const client = world.open({ apiKey: "key_of_today" });
    await client.recover();
    await client.close();
  });

  it("new_tenant_credential_finds_record: sends commit_same_key_after_restart", () => {
    const [commit, ...more] = world.authority.requests;
    expect(commit).toMatchObject({
      operation: "commitReservation",
      headers: { "x-cycles-api-key": "key_of_today" },
      status: 200,
    });
    expect(more).toEqual([]);
    expect(stored).toContain(JSON.stringify(commit?.request));
    expect([world.spent(), world.files()]).toEqual([actual.amount, []]);
  });

  it("old_api_key_is_not_stored", () => {
    expect(stored).not.toContain("key_of_yesterday");
    expect(stored).not.toContain(Buffer.from("key_of_yesterday").toString("base64"));
  });
});
