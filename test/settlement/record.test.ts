import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawMembers } from "../../src/settlement/raw-members.js";
import { readRecord, type SpendRecord, writeRecord } from "../../src/settlement/record.js";

const commit = '{"idempotency_key":"k","actual":{"unit":"TOKENS","amount":1}}';
const record: SpendRecord = {
  reservationId: "r-1",
  baseUrl: "http://cycles.invalid/",
  mode: "commit",
  commit,
  event: undefined,
  recordedAt: 1_700_000_000_000,
  notBefore: undefined,
};

describe("a record", () => {
  it("is written byte for byte as other Cycles clients write it", () => {
    expect(writeRecord({ ...record, notBefore: 1_700_000_005_000 })).toBe(
      '{"version":1,"reservation_id":"r-1","base_url":"http://cycles.invalid/","mode":"commit",' +
        `"commit_body":${commit},"event_fallback_body":null,` +
        '"recorded_at_ms":1700000000000,"not_before_ms":1700000005000}',
    );
  });

  it("is read back as it was written", () => {
    const body = fc.json().map((json) => `{"a":${json}}`);
    const any = fc.record({
      reservationId: fc.string({ minLength: 1, unit: "binary" }),
      baseUrl: fc.webUrl(),
      mode: fc.constant("event" as const),
      commit: fc.option(body, { nil: undefined }),
      event: body,
      recordedAt: fc.nat(),
      notBefore: fc.option(fc.nat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(any, (written) => {
        expect(readRecord(writeRecord(written))).toEqual(written);
      }),
    );
  });

  it("of another client is read with compact bodies, whose values and order do not change", () => {
    const text = `{
      "version": 1, "reservation_id": "\\u00e4", "base_url": "http://x",
      "commit_body": { "b": 1.0, "a": [1e3 , -0], "big": 9007199254740993, "a": "\\u00e4\\"}{ :," },
      "event_fallback_body": null,
      "recorded_at_ms": 5, "not_before_ms": null, "of_the_future": [{"commit_body": {}}]
    }`;
    expect(readRecord(text)).toEqual({
      ...record,
      reservationId: "ä",
      baseUrl: "http://x",
      commit: '{"b":1.0,"a":[1e3,-0],"big":9007199254740993,"a":"ä\\"}{ :,"}',
      recordedAt: 5,
    });
  });

  const wire = JSON.parse(writeRecord(record)) as Record<string, unknown>;
  it.each([
    ["text that is not JSON", "{"],
    ["an array", "[]"],
    ["null", "null"],
    ["another version", { ...wire, version: 2 }],
    ["no version", { ...wire, version: undefined }],
    ["a mode that is null", { ...wire, mode: null }],
    ["an unknown mode", { ...wire, mode: "maybe" }],
    ["no reservation", { ...wire, reservation_id: "" }],
    ["a reservation that is a number", { ...wire, reservation_id: 7 }],
    ["an unknown mode, with both bodies", { ...wire, mode: "maybe", event_fallback_body: {} }],
    ["no base URL", { ...wire, base_url: undefined }],
    ["a commit without its body", { ...wire, commit_body: null }],
    ["an event without its body", { ...wire, mode: "event" }],
    ["a body that is an array", { ...wire, commit_body: [] }],
    ["a body that is a string", { ...wire, event_fallback_body: "x" }],
    ["a time with a fraction", { ...wire, recorded_at_ms: 1.5 }],
    ["a time before 1970", { ...wire, not_before_ms: -1 }],
    ["a time that is a string", { ...wire, recorded_at_ms: "1" }],
    ["a time that is not finite", writeRecord(record).replace("1700000000000", "1e400")],
    ["a time beyond 2^53", writeRecord(record).replace("1700000000000", "9007199254740992")],
    ["members in `__proto__`", '{"__proto__":' + writeRecord(record) + "}"],
    ["a second, different version", `${writeRecord(record).slice(0, -1)},"version":2}`],
  ])("is invalid if it is or has %s", (_, invalid) => {
    expect(
      readRecord(typeof invalid === "string" ? invalid : JSON.stringify(invalid)),
    ).toBeUndefined();
  });

  it("is read with bodies that are nested 100,000 deep, or have huge numbers or odd names", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const odd = `{"__proto__":{"a":1},"constructor":null,"n":1e400,"d":${deep}}`;
    const text = writeRecord({ ...record, commit: odd });
    expect(readRecord(text)?.commit).toBe(odd);
    expect(readRecord(text.replaceAll(",", " , ").replaceAll("[", "\n[ "))?.commit).toBe(odd);
  });

  it("has the last of two members with the same name, as `JSON.parse` does", () => {
    const other = '{"idempotency_key":"other"}';
    const twice = `${writeRecord(record).slice(0, -1)},"commit\\u005fbody":${other}}`;
    expect(readRecord(twice)?.commit).toBe(other);
  });

  it("without a mode is a commit", () => {
    expect(readRecord(JSON.stringify({ ...wire, mode: undefined }))).toEqual(record);
  });
});

it("the members of any JSON object are returned as they stand in its text", () => {
  const spaced = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2, "\t"));
  fc.assert(
    fc.property(spaced, ([object, indent]) => {
      const text = JSON.stringify(object, undefined, indent);
      const members = rawMembers(text);
      expect([...members.keys()].sort()).toEqual(Object.keys(object).sort());
      for (const [name, raw] of members) {
        expect(JSON.parse(raw)).toEqual(JSON.parse(JSON.stringify(object[name])));
        expect(text).toContain(raw);
      }
    }),
  );
  expect(rawMembers('{"a":1,"a":2}').get("a")).toBe("2");
});
