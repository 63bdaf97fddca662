import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import type { Statement } from "./statement.js";

/** A test as it stands in the source. */
export interface SourceTest {
  readonly file: string;
  readonly title: string;
  /**
   * The modifier that can keep the test from running, such as `skip`, on it or on a block around
   * it.
   */
  readonly skippedBy: string | undefined;
}

/** The modifiers of `it` and `describe` after which a test may not run, or may not have to pass. */
const SKIPPING = new Set(["skip", "skipIf", "runIf", "todo", "only", "fails"]);

/**
 * What is wrong between the statements and the tests, each with what to do about it. Empty if all
 * is well.
 */
export function bindingProblems(
  statements: readonly Statement[],
  tests: readonly SourceTest[],
): string[] {
  const ids = statements.map(([id]) => id);
  const known = new Set(ids);
  const bound = new Map<string, SourceTest[]>();
  for (const test of tests) {
    for (const id of idsOf(test.title)) bound.set(id, [...(bound.get(id) ?? []), test]);
  }
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const untested = ids.filter((id) => !bound.has(id));
  return [
    ...twice.map((id) => `Two statements have the id ${id}: give one of them an id of its own`),
    ...untested.map(
      (id) =>
        `No test checks ${id}: end the title of a test in test/embedded with [${id}], ` +
        "or move the statement to normative/left-out.ts with the reason",
    ),
    ...[...bound].flatMap(([id, its]) =>
      its.flatMap(({ file, title, skippedBy }) => {
        const test = `${file}: "${title}"`;
        if (!known.has(id)) {
          return `${test} names ${id}, which is no statement: correct the id, or add the statement to normative/`;
        }
        if (skippedBy === undefined) return [];
        return `${test} checks ${id} and may not run: remove ${skippedBy}, or take the id out of the title`;
      }),
    ),
  ];
}

/** The tests of all test files below a folder. */
export function testsIn(folder: URL): SourceTest[] {
  const files = readdirSync(folder, { encoding: "utf8", recursive: true });
  return files
    .filter((path) => path.endsWith(".test.ts"))
    .flatMap((file) => testsOf(file, readFileSync(new URL(file, folder), "utf8")));
}

/** The tests of one source text. */
export function testsOf(file: string, text: string): SourceTest[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return [...testsBelow(source, { file, skippedBy: undefined })];
}

function* testsBelow(
  node: ts.Node,
  { file, skippedBy }: Omit<SourceTest, "title">,
): Generator<SourceTest> {
  for (const child of node.getChildren()) {
    const call = ts.isCallExpression(child) ? child : undefined;
    const [kind, ...modifiers] = call ? namesOf(call.expression) : [];
    const title = titleOf(call?.arguments[0]);
    if ((kind === "it" || kind === "describe") && title !== undefined) {
      const all = [...modifiers, ...optionsOf(call)];
      const skipped = skippedBy ?? all.find((name) => SKIPPING.has(name));
      if (kind === "it") yield { file, title, skippedBy: skipped };
      else yield* testsBelow(child, { file, skippedBy: skipped });
    } else yield* testsBelow(child, { file, skippedBy });
  }
}

/** `it.skipIf(isSlow).each(table)` → `it`, `skipIf`, `each`. */
function namesOf(expression: ts.Expression): string[] {
  if (ts.isIdentifier(expression)) return [expression.text];
  if (ts.isPropertyAccessExpression(expression)) {
    return [...namesOf(expression.expression), expression.name.text];
  }
  if (ts.isCallExpression(expression)) return namesOf(expression.expression);
  return ts.isTaggedTemplateExpression(expression) ? namesOf(expression.tag) : [];
}

/** The options in `it("…", { skip: true }, …)`. */
function optionsOf(call: ts.CallExpression | undefined): string[] {
  const objects =
    call?.arguments.filter((argument) => ts.isObjectLiteralExpression(argument)) ?? [];
  return objects.flatMap(({ properties }) => properties.map(({ name }) => name?.getText() ?? ""));
}

function titleOf(argument: ts.Expression | undefined): string | undefined {
  if (argument === undefined) return undefined;
  if (ts.isStringLiteralLike(argument)) return argument.text;
  return ts.isTemplateExpression(argument) ? argument.getText().slice(1, -1) : undefined;
}

/** The ids in the brackets at the end of a title. */
function idsOf(title: string): string[] {
  const [, list] = / \[([a-z]+-\d+(?: [a-z]+-\d+)*)\]$/.exec(title) ?? [];
  return list?.split(" ") ?? [];
}
