import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../../src/settlement/journal/file-journal.js";
import { writeRecord } from "../../src/settlement/record.js";
import { scene } from "./scene.js";

const principal = { baseUrl: "http://cycles.invalid", tenant: "acme", apiKey: "k" };
/** The folder of this tenant at this server, as any implementation derives it. */
const IDENTITY = "0fa5d48a47299cb1";

const record = (reservationId: string) =>
  writeRecord({
    reservationId,
    baseUrl: principal.baseUrl,
    mode: "commit",
    commit: '{"idempotency_key":"k","actual":{"unit":"TOKENS","amount":1}}',
    event: undefined,
    recordedAt: 1,
    notBefore: undefined,
  });
const standard = (id: string) => `v2-${createHash("sha256").update(id, "utf8").digest("hex")}.json`;

describe("CR-DURABLE-007: each id has its own file, and the files of older clients are renamed", () => {
  const world = scene();
  const folder = join(world.dir, IDENTITY);
  const open = () =>
    openJournal({
      ...principal,
      dir: world.dir,
      onCorrupt: fail,
      onExposed: fail,
      onUnreadable: fail,
    });
  const fail = (...what: unknown[]) => {
    throw new Error(what.join());
  };
  const names = () => readdirSync(folder).sort();
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  });

  it("standard_filename_is_sha256_of_exact_utf8_identifier", async () => {
    const id = "ä/b:c 日本";
    await open().put(id, record(id));
    expect(names()).toContain(standard(id));
    await open().remove(id);
  });

  it("distinct_identifiers_never_share_a_journal_file", async () => {
    // Older clients used one file for all of these.
    const ids = ["a:b", "a/b", "a b", "a_b"];
    const journal = open();
    for (const id of ids) await journal.put(id, record(id));
    expect(names()).toEqual(ids.map(standard).sort());
    const listed = await journal.list();
    expect(listed.map(({ reservationId }) => reservationId).sort()).toEqual([...ids].sort());
    for (const id of ids) await journal.remove(id);
    expect(names()).toEqual([]);
  });

  it("matching_legacy_record_migrates_without_deleting_collision", async () => {
    writeFileSync(join(folder, "a_b.json"), record("a:b"));
    const journal = open();
    // Another reservation with the same old name is settled. The file is not its own.
    await journal.put("a/b", record("a/b"));
    await journal.remove("a/b");
    expect(names()).toEqual(["a_b.json"]);
    await journal.list();
    expect(names()).toEqual([standard("a:b")]);
    expect(readFileSync(join(folder, standard("a:b")), "utf8")).toBe(record("a:b"));
    // If the standard name is taken, neither file is lost.
    writeFileSync(join(folder, "a_b.json"), record("a:b"));
    await journal.list();
    expect(names()).toEqual(["a_b.json", standard("a:b")].sort());
  });
});
