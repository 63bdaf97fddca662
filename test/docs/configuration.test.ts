import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OPTION_RULES, RETRY_RULES, SUBJECT_RULES } from "../../src/option-rules.js";

const rules = [
  ...Object.entries(OPTION_RULES),
  ...Object.entries(RETRY_RULES).map(([name, rule]) => [`retry.${name}`, rule] as const),
].map(([option, rule]) => ({
  option,
  default: rule.default,
  variables: variablesOf(option, rule),
}));

const rows = optionRows(read("docs/configuration.md"));
const comments = optionComments(read("src/options.ts"));

describe("docs/configuration.md", () => {
  it("names every option once, and nothing else", () => {
    const documented = rows.flatMap(({ options }) => options);
    expect(documented.sort()).toEqual(rules.map(({ option }) => option).sort());
  });

  it.each(rows)("names the variables and defaults of $options", (row) => {
    const described = rules.filter(({ option }) => row.options.includes(option));
    const variables = described.flatMap((rule) => rule.variables);
    expect([...row.variables].sort()).toEqual(variables.sort());
    for (const rule of described) expect(row.default).toMatch(defaultPattern(rule.default));
  });
});

describe("the TSDoc of an option", () => {
  it.each(rules)("names the variables and the default of $option", (rule) => {
    const comment = comments.get(rule.option.replace("retry.", "")) ?? "";
    expect(comment).not.toBe("");
    // The comment of `subject` names some of its variables and stands for the others.
    expect(comment).toContain(rule.variables[0] ?? "");
    expect(comment).toMatch(defaultPattern(rule.default));
  });
});

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

function variablesOf(option: string, { variable }: { readonly variable?: string }): string[] {
  if (option === "subject")
    return Object.values(SUBJECT_RULES).flatMap((level) => level.variable ?? []);
  return variable === undefined ? [] : [variable];
}

/** The rows of all tables whose first column is called "option". */
function optionRows(markdown: string) {
  const tables = markdown.split(/\n{2,}/).filter((block) => /^\|\s*option/i.test(block));
  return tables
    .flatMap((table) => table.split("\n").slice(2))
    .map((line) => {
      const [names = "", variables = "", byDefault = ""] = line.split("|").slice(1);
      return {
        options: codeIn(names),
        // `…_APP` is short for `CYCLES_APP`.
        variables: codeIn(variables).map((name) => name.replace(/^…/, "CYCLES")),
        default: byDefault.trim(),
      };
    });
}

function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code ?? []);
}

/** The comments of all optional properties, by the name of the property. */
function optionComments(source: string): ReadonlyMap<string, string> {
  const found = source.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s*readonly (\w+)\?:/g);
  return new Map([...found].map(([, comment = "", name = ""]) => [name, comment]));
}

/** Matches a default that can be written in a word; other defaults are described in prose. */
function defaultPattern(value: unknown): RegExp {
  const isWord = Number.isFinite(value) || typeof value === "string" || typeof value === "boolean";
  if (!isWord) return /^/;
  const word = typeof value === "number" ? value.toLocaleString("en-US") : String(value);
  return new RegExp(`(?<![\\w,])${word}(?![\\w]|,\\d)`);
}
