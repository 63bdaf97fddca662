import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as access from "./normative/access.js";
import { leftOut } from "./normative/left-out.js";
import * as reading from "./normative/reading.js";
import * as repeating from "./normative/repeating.js";
import * as spending from "./normative/spending.js";
import type { Statement } from "./normative/statement.js";

const sections: Readonly<Record<string, readonly Statement[]>> = {
  ...access,
  ...spending,
  ...repeating,
  ...reading,
};
const known = new Set(testsBeside());

describe.each(Object.entries(sections))("the protocol's prose on %s", (_, statements) => {
  it.each(statements)("is tested where it says: %s", (...[, ...tests]) => {
    expect(tests.filter((test) => !known.has(test))).toEqual([]);
  });
});

it("says of everything that is left out why it is", () => {
  for (const { asked, why } of leftOut) expect([asked, why].map(Boolean)).toEqual([true, true]);
});

/** Every test in this folder and below, as the table names it. */
function* testsBeside(): Generator<string> {
  const folder = new URL("./", import.meta.url);
  const files = readdirSync(folder, { encoding: "utf8", recursive: true });
  for (const file of files.filter((path) => path.endsWith(".test.ts"))) {
    const source = ts.createSourceFile(
      file,
      readFileSync(new URL(file, folder), "utf8"),
      ts.ScriptTarget.Latest,
    );
    const name = file.replace(/\.test\.ts$/, "");
    for (const title of titlesIn(source, source)) yield `${name}: ${title}`;
  }
}

/** The titles of the tests below a node, each after those of the blocks that it stands in. */
function* titlesIn(node: ts.Node, source: ts.SourceFile): Generator<string> {
  for (const child of node.getChildren(source)) {
    const call = ts.isCallExpression(child) ? child : undefined;
    const kind = call && /^(describe|it)\b/.exec(call.expression.getText(source))?.[1];
    const title = titleOf(call?.arguments[0], source);
    if (kind === undefined || title === undefined) yield* titlesIn(child, source);
    else if (kind === "it") yield title;
    else for (const inner of titlesIn(child, source)) yield `${title} > ${inner}`;
  }
}

function titleOf(first: ts.Expression | undefined, source: ts.SourceFile): string | undefined {
  if (first === undefined) return undefined;
  if (ts.isStringLiteralLike(first)) return first.text;
  return ts.isTemplateExpression(first) ? first.getText(source).slice(1, -1) : undefined;
}
