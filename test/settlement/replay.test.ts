import { describe, expect, it } from "vitest";
import { journaled } from "../support/journaled.js";

const HOUR_MS = 3_600_000;

/** Replaces members of a record in its text. */
function changed(record: string, members: Readonly<Record<string, string>>): string {
  return Object.entries(members).reduce(
    (text, [name, value]) =>
      text.replace(
        new RegExp(`"${name}":(\\{.*?\\}|null|"[^"]*"|\\d+)(?=[,}])`),
        `"${name}":${value}`,
      ),
    record,
  );
}

describe("a record of an earlier process", () => {
  it("stays in the journal if it belongs to another server, even if both share a store", async () => {
    const world = journaled();
    const [id = ""] = await world.leave(1);
    const there = changed(world.records.get(id) ?? "", { base_url: '"http://other.invalid"' });
    world.records.set(id, there);
    expect(await world.open().client.recover()).toMatchObject({ found: 0 });
    expect([world.sent, [...world.records.values()]]).toEqual([[], [there]]);
  });

  it("waits until its `not_before_ms`, but never longer than an hour", async () => {
    const world = journaled();
    const [soon = "", never = ""] = await world.leave(2);
    const now = world.clock.now();
    const at = (ms: number) => ({ not_before_ms: String(now + ms) });
    world.records.set(soon, changed(world.records.get(soon) ?? "", at(60_000)));
    world.records.set(never, changed(world.records.get(never) ?? "", at(365 * 24 * HOUR_MS)));
    const { client } = world.open();
    expect(await client.recover()).toMatchObject({ found: 2, pending: 2 });
    expect(await client.flush()).toBe(2);
    await world.clock.advance(59_999);
    expect(world.sent).toEqual([]);
    await world.clock.advance(1);
    expect(world.commits(soon)).toHaveLength(1);
    await world.clock.advance(HOUR_MS - 60_001);
    expect(world.commits(never)).toHaveLength(0);
    await world.clock.advance(1);
    expect(world.commits(never)).toHaveLength(1);
    expect(world.records.size).toBe(0);
  });

  it("is sent byte for byte as it was recorded, as a commit and as an event", async () => {
    const world = journaled();
    const [id = ""] = await world.leave(1);
    const record = world.records.get(id) ?? "";
    const members = JSON.parse(record) as Record<string, object>;
    // Other clients may write the members in another order.
    const reversed = (body: object | undefined) =>
      JSON.stringify(Object.fromEntries(Object.entries(body ?? {}).reverse()));
    const commit = reversed(members["commit_body"]);
    const event = reversed(members["event_fallback_body"]);
    const text = record
      .replace(JSON.stringify(members["commit_body"]), commit)
      .replace(JSON.stringify(members["event_fallback_body"]), event);
    expect(text).not.toBe(record);
    world.records.set(id, text);
    await world.clock.advance(2 * 24 * HOUR_MS);
    expect(await world.open().client.recover()).toMatchObject({ found: 1, settled: 1 });
    expect(world.sent.map(({ path, body }) => [path, body])).toEqual([
      ["commit", commit],
      ["events", event],
    ]);
  });
});
