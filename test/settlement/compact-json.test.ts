import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactJson } from "../../src/settlement/compact-json.js";

/** Writes JSON as Python's `json.dumps` does: ASCII, with spaces after commas and colons. */
function asPython(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asPython).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${ascii(name)}: ${asPython(member)}`,
    );
    return `{${members.join(", ")}}`;
  }
  return typeof value === "string" ? ascii(value) : JSON.stringify(value);
}

function ascii(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const values = fc.jsonValue({ stringUnit: "binary", maxDepth: 5 });

describe("compact JSON", () => {
  it("is the same text if `JSON.stringify` wrote the input", () => {
    const surrogates = fc.string({
      unit: fc.constantFrom("\ud800", "\udc00", "a", '"', "\\", "\n"),
    });
    fc.assert(
      fc.property(fc.oneof(values, surrogates), (value) => {
        const text = JSON.stringify(value);
        expect(compactJson(text)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is the text that `JSON.stringify` writes if another client wrote the input", () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value);
        expect(compactJson(asPython(value))).toBe(text);
        expect(compactJson(JSON.stringify(value, undefined, "\t \r\n"))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["numbers", "[1.0, 1e3, -0, 9007199254740993, 1E+400]", "[1.0,1e3,-0,9007199254740993,1E+400]"],
    ["members with the same name", '{"b": 1, "a": 2, "b": 3}', '{"b":1,"a":2,"b":3}'],
    ["spaces in strings", '[" a  b ", "\\t"]', '[" a  b ","\\t"]'],
    ["letters", '"\\u00e9 \\u65E5 \\ud83d\\uDE00"', '"é 日 😀"'],
    ["characters with a shorter escape", '"\\u000a\\u0022\\u005c\\/"', '"\\n\\"\\\\/"'],
    ["characters that must be escaped", '"\\u0000\\u001F"', '"\\u0000\\u001F"'],
    ["a lone surrogate", '"\\uD83D \\ude00 \\uD83D\\uD83D"', '"\\uD83D \\ude00 \\uD83D\\uD83D"'],
    ["a backslash before a u", '"\\\\u00e9"', '"\\\\u00e9"'],
    ["an escaped name", '{"\\u00e9": 1}', '{"é":1}'],
    ["an empty object", "{ }", "{}"],
  ])("keeps the value of %s", (_, text, compact) => {
    expect(compactJson(text)).toBe(compact);
    expect(JSON.parse(compact)).toEqual(JSON.parse(text));
  });
});
