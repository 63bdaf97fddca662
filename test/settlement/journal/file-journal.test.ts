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
import { identityOf } from "../../../src/settlement/journal/names.js";
import { recordFile } from "../../../src/settlement/journal/names.js";
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

async function place() {
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
  // PBKDF2-HMAC-SHA256 as other implementations compute it, over literal principals.
  it.each([
    [{ tenant: "acme", apiKey: "a" }, "0fa5d48a47299cb1"],
    [{ tenant: "acme", apiKey: "another" }, "0fa5d48a47299cb1"],
  ])("of %o is that of its tenant", async (who, identity) => {
    expect(await identityOf({ ...who, baseUrl: "http://cycles.invalid" })).toBe(identity);
  });

  it("tells servers, tenants, and keys without a tenant apart", async () => {
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
  it("touches nothing before it is used", async () => {
    const { root, open } = await place();
    open();
    expect(readdirSync(root)).toEqual([]);
  });

  it("keeps others out of its folder and its files, also where the folder stood open", async () => {
    const { open, folder } = await place();
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    chmodSync(folder, 0o755);
    await open().put("r", text("r"));
    expect([mode(folder), mode(join(folder, recordFile("r")))]).toEqual([0o700, 0o600]);
  });

  it("has one file for a reservation, with the record that came last", async () => {
    const { open, folder, names } = await place();
    const journal = open();
    await journal.put("r", text("r", 1));
    await journal.put("r", text("r", 2));
    expect(names()).toEqual([recordFile("r")]);
    expect(readFileSync(join(folder, recordFile("r")), "utf8")).toBe(text("r", 2));
    expect(await open().list()).toEqual([{ reservationId: "r", record: text("r", 2) }]);
  });

  it("does not follow links, to files or to a folder", async () => {
    const { root, open, folder } = await place();
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

  it("makes its folder again where somebody has removed it", async () => {
    const { open, folder, names } = await place();
    const journal = open();
    await journal.put("r", text("r"));
    rmSync(folder, { recursive: true });
    await journal.put("s", text("s"));
    expect(names()).toEqual([recordFile("s")]);
  });

  it("sweeps what was half written an hour ago, and leaves what may still be written", async () => {
    const { open, folder, names } = await place();
    await open().put("r", text("r"));
    const anHourAgo = Date.now() / 1_000 - 3_601;
    for (const name of ["old.tmp", "young.tmp"]) writeFileSync(join(folder, name), "{");
    utimesSync(join(folder, "old.tmp"), anHourAgo, anHourAgo);
    await open().list();
    expect(names()).toEqual([recordFile("r"), "young.tmp"].sort());
  });

  it("sets aside under names of their own, and only what it was asked to", async () => {
    const { open, names } = await place();
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

  it("says whether it has set a record aside", async () => {
    const { open } = await place();
    const journal = open();
    expect(await journal.setAside("r", text("r"), "rejected")).toBe("gone");
    await journal.put("r", text("r"));
    expect(await journal.setAside("r", text("r", 99), "rejected")).toBe("gone");
    expect(await journal.setAside("r", text("r"), "rejected")).toBe("kept");
    // Another process that was refused as well finds the record where it should be.
    expect(await open().setAside("r", text("r"), "rejected")).toBe("kept");
    expect(await open().setAside("r", text("r"), "stale")).toBe("gone");
  });

  it("writes beside what a process with the same id has left half written", async () => {
    const { open, folder } = await place();
    mkdirSync(folder, { recursive: true });
    const leftover = join(folder, `${recordFile("r")}.${process.pid}-1.tmp`);
    writeFileSync(leftover, "{");
    await open().put("r", text("r"));
    expect(readFileSync(join(folder, recordFile("r")), "utf8")).toBe(text("r"));
    expect(readFileSync(leftover, "utf8")).toBe("{");
  });

  it("sets aside what is not UTF-8, and alters no character of it", async () => {
    const { open, folder, corrupt } = await place();
    await open().put("r", text("r"));
    const file = join(folder, recordFile("s"));
    const bytes = Buffer.from(text("s", 1, { commit: body("k\u00e9") }), "latin1");
    writeFileSync(file, bytes);
    expect((await open().list()).map(({ reservationId }) => reservationId)).toEqual(["r"]);
    expect(corrupt).toEqual([file.replace(/json$/, "corrupt")]);
    expect(readFileSync(corrupt[0] ?? "")).toEqual(bytes);
  });

  it("keeps the largest record that it reads again, and none beyond", async () => {
    const { open, names } = await place();
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
        message: expect.stringMatching(/^the record of r has 4194305 bytes.* at most 4194304;/),
      });
    }
    expect(names()).toEqual([]);
  });

  it("quarantines what is larger than any record", async () => {
    const { open, folder, corrupt } = await place();
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
    const { open, folder, names } = await place();
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
  ])("does not replace it with a spend of %s", async (_, record) => {
    const { open, folder, names } = await place();
    await open().put("r", standing);
    expect(await open().put("r", record)).toBe("occupied");
    expect(names()).toEqual([recordFile("r")]);
    expect(readFileSync(join(folder, recordFile("r")), "utf8")).toBe(standing);
  });

  it("takes the place of what holds no spend, and sets that aside", async () => {
    const { open, folder, names, corrupt } = await place();
    const journal = open();
    await journal.put("r", standing);
    writeFileSync(join(folder, recordFile("r")), '{"half a rec');
    expect(await journal.put("r", standing)).toBe("kept");
    const aside = recordFile("r").replace(/json$/, "corrupt");
    expect(names()).toEqual([aside, recordFile("r")]);
    expect(corrupt).toEqual([join(folder, aside)]);
    expect(readFileSync(join(folder, aside), "utf8")).toBe('{"half a rec');
  });

  it("leaves the record alone when one of an older name is of another spend", async () => {
    const { open, folder, names } = await place();
    await open().put("r", standing);
    writeFileSync(join(folder, "r.json"), text("r", 1, { commit: body("another") }));
    expect(await open().list()).toEqual([{ reservationId: "r", record: standing }]);
    expect(names()).toEqual(["r.json", recordFile("r")].sort());
  });
});
