import { describe, expect, it } from "vitest";
import * as access from "./normative/access.js";
import { bindingProblems, testsIn, testsOf } from "./normative/bindings.js";
import { leftOut } from "./normative/left-out.js";
import * as reading from "./normative/reading.js";
import * as repeating from "./normative/repeating.js";
import * as spending from "./normative/spending.js";
import type { Statement } from "./normative/statement.js";

const statements = [access, spending, repeating, reading].flatMap((part) =>
  Object.values<readonly Statement[]>(part).flat(),
);

describe("the table of what the protocol's prose demands", () => {
  it("has a test for each statement, and a statement for each id in a title", () => {
    expect(statements.length).toBeGreaterThan(100);
    expect(bindingProblems(statements, testsIn(new URL("./", import.meta.url)))).toEqual([]);
  });

  it("gives a reason for each demand that the authority does not meet", () => {
    for (const { demand, reason } of leftOut) expect([demand, reason]).not.toContain("");
  });
});

describe("the check of the table", () => {
  const one: readonly Statement[] = [["debt-1", "Debt blocks new reservations"]];

  it("accepts a renamed test, a test for two statements, and a test for none", () => {
    const two: readonly Statement[] = [...one, ["debt-2", "Funds repay debt first"]];
    const source = `
      describe("a debt", () => {
        it("has another name now [debt-1 debt-2]", () => {});
        it.each([1, 2])(\`of \${UNIT} %d [debt-1]\`, () => {});
        it("is shown", () => {});
      });`;
    expect(bindingProblems(two, testsOf("debt.test.ts", source))).toEqual([]);
  });

  it.each([
    [
      "a statement without a test",
      `it("blocks", () => {})`,
      "No test checks debt-1: end the title",
    ],
    [
      "an id that no statement has",
      `it("blocks [debt-1 debt-7]", () => {})`,
      'debt.test.ts: "blocks [debt-1 debt-7]" names debt-7, which is no statement: correct the id',
    ],
    [
      "a skipped test",
      `it.skip("blocks [debt-1]", () => {})`,
      'debt.test.ts: "blocks [debt-1]" checks debt-1 and may not run: remove skip',
    ],
    [
      "a skipped table of tests",
      `it.skipIf(true).each([1])("blocks %d [debt-1]", () => {})`,
      "may not run: remove skipIf",
    ],
    [
      "a test that its options skip",
      `it("blocks [debt-1]", { skip: true }, () => {})`,
      "may not run: remove skip",
    ],
    [
      "a test in a skipped block",
      `describe.todo("a debt", () => { it("blocks [debt-1]", () => {}) })`,
      "may not run: remove todo",
    ],
  ])("reports %s, and says what to do", (_, source, problem) => {
    expect(bindingProblems(one, testsOf("debt.test.ts", source))).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  it("reports two statements with one id", () => {
    const tests = testsOf("debt.test.ts", `it("blocks [debt-1]", () => {})`);
    expect(bindingProblems([...one, ...one], tests)).toEqual([
      "Two statements have the id debt-1: give one of them an id of its own",
    ]);
  });
});
