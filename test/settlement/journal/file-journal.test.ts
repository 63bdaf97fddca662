import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openJournal } from "../../../src/settlement/journal/file-journal.js";
import { identityOf, recordFile } from "../../../src/settlement/journal/names.js";
import { type SpendRecord, writeRecord } from "../../../src/settlement/record.js";

const principal = { baseUrl: "http://cycles.invalid", tenant: "acme", apiKey: "cyc_live_x" };
const body = (key: string, amount = 1) =>
  `{"idempotency_key":"${key}","actual":{"unit":"TOKENS","amount":${amount}}}`;
const text = (reservationId: string, recordedAt = 1, more: Partial<SpendRecord> = {}) =>
  writeRecord({
    reservationId,
    baseUrl: principal.baseUrl,
    mode: "commit",
    commit: body("k"),
    event: undefined,
    recordedAt,
    notBefore: undefined,
    ...more,
  });

async function setUp() {
  const root = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const corrupt: string[] = [];
  const unreadable: unknown[] = [];
  const open = () =>
    openJournal({
      ...principal,
      dir: join(root, "journal"),
      onCorrupt: (file) => corrupt.push(file),
      onExposed: () => undefined,
      onUnreadable: (code) => unreadable.push(code),
    });
  const folder = join(root, "journal", await identityOf(principal));
  return { root, open, folder, corrupt, unreadable, names: () => readdirSync(folder).sort() };
}

const mode = (path: string) => statSync(path).mode & 0o777;

describe("the identity of a journal", () => {
  // The values come from other implementations of PBKDF2-HMAC-SHA256.
  it.each([
    [{ tenant: "acme", apiKey: "a" }, "0fa5d48a47299cb1"],
    [{ tenant: "acme", apiKey: "another" }, "0fa5d48a47299cb1"],
  ])("of %o depends on the tenant and not on the key", async (who, identity) => {
    expect(await identityOf({ ...who, baseUrl: "http://cycles.invalid" })).toBe(identity);
  });

  it("differs for each server, each tenant and, without a tenant, each key", async () => {
    const of = (more: object) => identityOf({ ...principal, ...more });
    const all = await Promise.all([
      of({}),
      of({ baseUrl: "http://cycles.invalid/" }),
      of({ tenant: "acme " }),
      of({ tenant: undefined }),
      of({ tenant: undefined, apiKey: "cyc_live_y" }),
    ]);
    expect(new Set(all).size).toBe(5);
    expect(await of({ tenant: "  " })).toBe(await of({ tenant: undefined }));
  });
});

describe("a file journal", () => {
  it("does not touch the disk before it is used", async () => {
    const { root, open } = await setUp();
    open();
    expect(readdirSync(root)).toEqual([]);
  });

  it("makes its folder and files private, even if others could read the folder before", async () => {
    const { open, folder } = await setUp();
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    chmodSync(folder, 0o755);
    await open().put("r", text("r"));
    expect([mode(folder), mode(join(folder, recordFile("r")))]).toEqual([0o700, 0o600]);
  });

  it("has one file for each reservation, with the latest record", async () => {
    const { open, folder, names } = await setUp();
    const journal = open();
    await journal.put("r", text("r", 1));
    await journal.put("r", text("r", 2));
    expect(names()).toEqual([recordFile("r")]);
    expect(readFileSync(join(folder, recordFile("r")), "utf8")).toBe(text("r", 2));
    expect(await open().list()).toEqual([{ reservationId: "r", record: text("r", 2) }]);
  });

  it("does not follow links to files or to a folder", async () => {
    const { root, open, folder } = await setUp();
    await open().put("r", text("r"));
    writeFileSync(join(root, "secret.json"), text("s"));
    symlinkSync(join(root, "secret.json"), join(folder, "v2-link.json"));
    expect((await open().list()).map(({ reservationId }) => reservationId)).toEqual(["r"]);
    rmSync(folder, { recursive: true });
    mkdirSync(join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), folder);
    await expect(async () => open().put("r", text("r"))).rejects.toThrow("must be a folder");
    expect(readdirSync(join(root, "elsewhere"))).toEqual([]);
  });

  it("creates its folder again if it was removed", async () => {
    const { open, folder, names } = await setUp();
    const journal = open();
    await journal.put("r", text("r"));
    rmSync(folder, { recursive: true });
    await journal.put("s", text("s"));
    expect(names()).toEqual([recordFile("s")]);
  });

  it("removes temporary files after an hour, and leaves newer ones", async () => {
    const { open, folder, names } = await setUp();
    await open().put("r", text("r"));
    const anHourAgo = Date.now() / 1_000 - 3_601;
    for (const name of ["old.tmp", "young.tmp"]) writeFileSync(join(folder, name), "{");
    utimesSync(join(folder, "old.tmp"), anHourAgo, anHourAgo);
    await open().list();
    expect(names()).toEqual([recordFile("r"), "young.tmp"].sort());
  });

  it("sets records aside under separate names, and only the record that it was given", async () => {
    const { open, names } = await setUp();
    const journal = open();
    for (const why of ["rejected", "rejected", "stale"] as const) {
      await journal.put("r", text("r"));
      await journal.setAside("r", text("r", 99), why);
      await journal.setAside("r", text("r"), why);
    }
    const stem = recordFile("r").slice(0, -".json".length);
    expect(names()).toEqual([`${stem}.2.rejected`, `${stem}.rejected`, `${stem}.stale`]);
    expect(await journal.list()).toEqual([]);
  });

  it("returns whether it has set a record aside", async () => {
    const { open } = await setUp();
    const journal = open();
    expect(await journal.setAside("r", text("r"), "rejected")).toBe("gone");
    await journal.put("r", text("r"));
    expect(await journal.setAside("r", text("r", 99), "rejected")).toBe("gone");
    expect(await journal.setAside("r", text("r"), "rejected")).toBe("kept");
    // Another process whose commit was refused as well finds the record set aside.
    expect(await open().setAside("r", text("r"), "rejected")).toBe("kept");
    expect(await open().setAside("r", text("r"), "stale")).toBe("gone");
  });

  it("ignores the temporary file of another process with the same process id", async () => {
    const { open, folder } = await setUp();
    mkdirSync(folder, { recursive: true });
    const leftover = join(folder, `${recordFile("r")}.${process.pid}-1.tmp`);
    writeFileSync(leftover, "{");
    await open().put("r", text("r"));
    expect(readFileSync(join(folder, recordFile("r")), "utf8")).toBe(text("r"));
    expect(readFileSync(leftover, "utf8")).toBe("{");
  });

  it("sets aside a file that is not UTF-8 without changing its bytes", async () => {
    const { open, folder, corrupt } = await setUp();
    await open().put("r", text("r"));
    const file = join(folder, recordFile("s"));
    const bytes = Buffer.from(text("s", 1, { commit: body("k\u00e9") }), "latin1");
    writeFileSync(file, bytes);
    expect((await open().list()).map(({ reservationId }) => reservationId)).toEqual(["r"]);
    expect(corrupt).toEqual([file.replace(/json$/, "corrupt")]);
    expect(readFileSync(corrupt[0] ?? "")).toEqual(bytes);
  });

  it("keeps a record of the largest size that it can read, and none that is larger", async () => {
    const { open, names } = await setUp();
    const padded = (length: number) => text("r", 1, { baseUrl: "x".repeat(length) });
    const largest = padded(4 * 2 ** 20 - Buffer.byteLength(padded(0)));
    const journal = open();
    await journal.put("r", largest);
    expect(await open().list()).toEqual([{ reservationId: "r", record: largest }]);
    await journal.remove("r");
    for (const larger of [`${largest} `, largest.replace("x", "é")]) {
      const putting = async () => journal.put("r", larger);
      await expect(putting).rejects.toMatchObject({
        code: "RECORD_TOO_LARGE",
        message: expect.stringMatching(
          /^the record of reservation r has 4194305 bytes.* at most 4194304;/,
        ),
      });
    }
    expect(names()).toEqual([]);
  });

  it("sets aside a file that is larger than any record", async () => {
    const { open, folder, corrupt } = await setUp();
    await open().put("r", text("r"));
    writeFileSync(join(folder, "v2-huge.json"), `"${"x".repeat(5 * 2 ** 20)}"`);
    expect(await open().list()).toHaveLength(1);
    expect(corrupt).toEqual([join(folder, "v2-huge.corrupt")]);
    expect(existsSync(join(folder, "v2-huge.json"))).toBe(false);
  });
});

describe("a file journal that has a record of the reservation", () => {
  const standing = text("r");

  it.each([
    ["another time to send it", text("r", 1, { notBefore: 5 })],
    ["another mode", text("r", 1, { mode: "event", event: body("k") })],
    ["longer JSON", standing.replaceAll(":", ": ").replaceAll("http: ", "http:")],
  ])("replaces it with the same spend with %s", async (_, record) => {
    const { open, folder, names } = await setUp();
    const journal = open();
    await journal.put("r", standing);
    expect(await journal.put("r", record)).toBe("kept");
    expect(names()).toEqual([recordFile("r")]);
    expect(readFileSync(join(folder, recordFile("r")), "utf8")).toBe(record);
  });

  it.each([
    ["another key", text("r", 1, { commit: body("another") })],
    ["another amount", text("r", 1, { commit: body("k", 2) })],
    ["another key, as an event", text("r", 1, { mode: "event", event: body("another") })],
  ])("does not replace it with a spend with %s", async (_, record) => {
    const { open, folder, names } = await setUp();
    await open().put("r", standing);
    expect(await open().put("r", record)).toBe("occupied");
    expect(names()).toEqual([recordFile("r")]);
    expect(readFileSync(join(folder, recordFile("r")), "utf8")).toBe(standing);
  });

  it("replaces a file that holds no spend, and sets it aside", async () => {
    const { open, folder, names, corrupt } = await setUp();
    const journal = open();
    await journal.put("r", standing);
    writeFileSync(join(folder, recordFile("r")), '{"half a rec');
    expect(await journal.put("r", standing)).toBe("kept");
    const aside = recordFile("r").replace(/json$/, "corrupt");
    expect(names()).toEqual([aside, recordFile("r")]);
    expect(corrupt).toEqual([join(folder, aside)]);
    expect(readFileSync(join(folder, aside), "utf8")).toBe('{"half a rec');
  });

  it("keeps the record if a file with an older name holds another spend", async () => {
    const { open, folder, names } = await setUp();
    await open().put("r", standing);
    writeFileSync(join(folder, "r.json"), text("r", 1, { commit: body("another") }));
    expect(await open().list()).toEqual([{ reservationId: "r", record: standing }]);
    expect(names()).toEqual(["r.json", recordFile("r")].sort());
  });
});
