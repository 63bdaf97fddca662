import { createHash } from "node:crypto";
import { scopeId } from "cycles-client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../src/protocol/sha256.js";
import { isPortableId } from "../src/protocol/scope.js";

/** Texts of all UTF-16 units, lone surrogates included, some longer than an id can be. */
const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 60 }).map(ofUnits),
  fc.string({ unit: fc.constantFrom("a", "A", "_", "0", "8", "9", "@", "ü"), maxLength: 150 }),
);

/** A text that is easily mistaken for another one. */
const change = fc.constantFrom<(of: string) => string>(
  (of) => of.toUpperCase(),
  (of) => of.toLowerCase(),
  (of) => of.normalize("NFD"),
  (of) => of.normalize("NFC"),
  (of) => of.normalize("NFKC"),
  (of) => of.trim(),
  (of) => `${of}\0`,
  (of) => of.slice(0, -1),
  (of) => of.replaceAll(/[\ud800-\udfff]/g, "\ufffd"),
  (of) => of.replaceAll("@", "_40"),
  (of) => scopeId(of),
);

describe("scopeId", () => {
  it.each([
    ["ann", "ann"],
    ["5f2b1c3e-9a77-4a8e-8d7d-0c1d2e3f4a5b", "5f2b1c3e-9a77-4a8e-8d7d-0c1d2e3f4a5b"],
    ["ann@example.com", "ann_40example.com"],
    ["u-abC", "u-ab_c"],
    ["u-ABC", "u-_a_b_c"],
    ["user_1", "user__1"],
    ["acme/bot: 1\n", "acme_2fbot_3a_201_0a"],
    ["zoë", "zo_800eb"],
    ["zoe\u0308", "zoe_80308"],
    ["😀", "_8d83d_8de00"],
    ["\ud83d", "_8d83d"],
    ["", "_"],
    ["_", "__"],
  ])("makes of %j the id %j", (of, id) => {
    expect(scopeId(of)).toBe(id);
  });

  it("makes an id that every server accepts and that does not change in lower case", () => {
    fc.assert(
      fc.property(text, (of) => {
        const id = scopeId(of);
        expect(isPortableId(id)).toBe(true);
        expect(id.toLowerCase()).toBe(id);
        expect(id.length).toBeLessThanOrEqual(128);
      }),
    );
  });

  it("makes different ids of different texts", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(scopeId(one) === scopeId(other)).toBe(one === other);
      }),
    );
  });

  it("makes different ids of texts that differ only in case, Unicode form or white space", () => {
    fc.assert(
      fc.property(text, change, (one, changed) => {
        const other = changed(one);
        expect(scopeId(one) === scopeId(other)).toBe(one === other);
      }),
    );
  });

  it("can be read back if the text is short", () => {
    fc.assert(
      fc.property(text, (of) => {
        const id = scopeId(of);
        fc.pre(of !== "" && !id.includes("_9"));
        expect(decoded(id)).toBe(of);
      }),
    );
  });

  it("ends the id of a long text with a digest of the whole", () => {
    const digest = (of: string) => createHash("sha256").update(of).digest("hex");
    expect(scopeId("a".repeat(128))).toBe("a".repeat(128));
    const long = "a".repeat(129);
    expect(scopeId(long)).toBe(`${"a".repeat(62)}_9${digest(long)}`);
    // An escape is not cut.
    expect(scopeId(`${"a".repeat(61)}${"B".repeat(60)}`)).toBe(
      `${"a".repeat(61)}_9${digest("a".repeat(61) + "_b".repeat(60))}`,
    );
  });

  it("gives no other text the id of a long text", () => {
    const long = scopeId("a".repeat(200));
    expect(scopeId(long)).not.toBe(long);
    expect(scopeId(long.replace("_9", "9"))).not.toBe(long);
  });
});

it("sha256 is the digest that Node computes, for every length of a block", () => {
  for (let length = 0; length < 200; length += 1) {
    const ascii = "cycles_9.-".repeat(20).slice(0, length);
    expect(sha256(ascii)).toBe(createHash("sha256").update(ascii).digest("hex"));
  }
});

function ofUnits(units: readonly number[]): string {
  return String.fromCharCode(...units);
}

/** The text of an id that has no digest. */
function decoded(id: string): string {
  return id.replaceAll(
    /_(?:8([0-9a-f]{4})|([0-7][0-9a-f])|(.))/g,
    (_, ...found: (string | undefined)[]) => {
      const [unit, ascii, one] = found;
      return one?.toUpperCase() ?? ofUnits([Number.parseInt(unit ?? ascii ?? "", 16)]);
    },
  );
}
