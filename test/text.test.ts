import { describe, expect, it } from "vitest";
import { cut, isoTime, plain } from "../src/text.js";

describe("text from other sources", () => {
  it.each([
    ["terminal commands", "a\u001b[31mb\u009b2J", "a\\u{1b}[31mb\\u{9b}2J"],
    ["line breaks", "a\r\nb\u2028c\u2029d\u0085", "a\\u{d}\\u{a}b\\u{2028}c\\u{2029}d\\u{85}"],
    ["the delete and null characters", "a\u007fb\0", "a\\u{7f}b\\u{0}"],
    ["bidirectional marks", "a\u202eb\u2066c\u200f", "a\\u{202e}b\\u{2066}c\\u{200f}"],
    ["zero-width marks", "a\u200bb\ufeffc\u00ad", "a\\u{200b}b\\u{feff}c\\u{ad}"],
    ["tags beyond 16 bits", "a\u{e0041}", "a\\u{e0041}"],
    ["harmless text", "żółć 日本 🪙 $1.00 – “x”", "żółć 日本 🪙 $1.00 – “x”"],
  ])("is shown on one line, without hidden characters: %s", (_name, text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it("is cut to a length that includes the ellipsis", () => {
    expect(cut("abcdef", 6)).toBe("abcdef");
    expect(cut("abcdefg", 6)).toBe("abcde…");
  });
});

describe("a time", () => {
  it.each([
    [0, "1970-01-01T00:00:00.000Z"],
    [-1, "1969-12-31T23:59:59.999Z"],
    [8.64e15, "+275760-09-13T00:00:00.000Z"],
    [8.64e15 + 1, "8640000000000001 ms after 1970"],
    [2 ** 63, "9223372036854776000 ms after 1970"],
    [Infinity, "Infinity ms after 1970"],
    [NaN, "NaN ms after 1970"],
  ])("of %d ms is shown as %s", (epochMs, shown) => {
    expect(isoTime(epochMs)).toBe(shown);
  });
});
