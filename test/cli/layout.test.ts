import { describe, expect, it } from "vitest";
import { bar, cutLevels, table } from "../../src/cli/layout.js";

describe("a scope that is cut keeps its inner levels", () => {
  it.each([
    ["tenant:acme", 20, "tenant:acme"],
    ["tenant:acme/agent:bot", 20, "…/agent:bot"],
    ["tenant:acme/app:web/agent:bot", 20, "…/app:web/agent:bot"],
    ["tenant:acme/app:web/agent:bot", 18, "…/agent:bot"],
    ["tenant:acme", 8, "…nt:acme"],
    ["tenant:acme/agent:a-very-long-name", 12, "…y-long-name"],
    ["/v1/nowhere/at/all", 12, "…/at/all"],
  ])("%s in %i: %s", (scope, columns, shown) => {
    expect(cutLevels(scope, columns)).toBe(shown);
  });
});

describe("a bar", () => {
  it.each([
    [{ used: 0, held: 0, whole: 100 }, "░░░░"],
    [{ used: 25, held: 25, whole: 100 }, "█▒░░"],
    [{ used: 99, held: 0, whole: 100 }, "███░"],
    [{ used: 99, held: 1, whole: 100 }, "███▒"],
    [{ used: 100, held: 0, whole: 100 }, "████"],
    [{ used: 150, held: 50, whole: 100 }, "████"],
    [{ used: 0, held: 0, whole: 0 }, "████"],
  ])("of %j: %s", (budget, drawn) => {
    expect(bar(budget, 4)).toBe(drawn);
  });
});

describe("a table", () => {
  it("aligns names left and numbers right, and cuts names if there is no room", () => {
    const rows = [
      ["budget", "left"],
      ["tenant:acme/agent:bot", "$1.00"],
    ];
    expect(table(rows, 80)).toEqual([
      "budget                  left",
      "tenant:acme/agent:bot  $1.00",
    ]);
    expect(table(rows, 18)).toEqual(["budget        left", "…/agent:bot  $1.00"]);
  });
});
