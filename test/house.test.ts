import ts from "typescript";
import { describe, expect, it } from "vitest";
import { nodesOf, type SourceFile, sourceTree } from "./support/source-tree.js";

const tree = sourceTree();
const sources = [...tree.values()].filter(({ path }) => path.startsWith("src/"));

/** Folders and files whose code only computes values. What they import is held to the same rule. */
const PURE = ["src/guard/lease/", "src/guard/state.ts", "src/embedded/ledger/"];

describe("a file of src", () => {
  it("has at most 300 lines", () => {
    const long = sources.filter(({ lines }) => lines > 300);
    expect(long.map(({ path, lines }) => `${path} has ${lines} lines`)).toEqual([]);
  });

  it("rarely has fewer than 25 lines", () => {
    // An entry point is a list of what it exports.
    const short = sources.filter(({ lines, path }) => lines < 25 && !path.endsWith("/index.ts"));
    expect(short.length, short.map(({ path }) => path).join("\n")).toBeLessThan(14);
  });

  it("imports only files that exist", () => {
    const missing = [...tree.values()].flatMap(({ path, imports }) =>
      imports
        .flatMap(({ targets }) => targets)
        .filter((target) => !tree.has(target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it("is in no import circle, type-only imports included", () => {
    expect(circles().map((circle) => circle.join(" ↔ "))).toEqual([]);
  });
});

it("no two exported types or classes of src share a name", () => {
  const places = new Map<string, string[]>();
  for (const file of sources) {
    for (const name of exportedTypes(file)) {
      places.set(name, [...(places.get(name) ?? []), file.path]);
    }
  }
  const shared = [...places].filter(([, paths]) => paths.length > 1);
  expect(shared.map(([name, paths]) => `${name}: ${paths.join(", ")}`)).toEqual([]);
});

describe("the leases, the ledger, the state of a guard, and all that they import", () => {
  const pure = pureFiles();

  it("are files that this test finds", () => {
    for (const room of PURE) {
      expect(
        pure.map(({ path }) => path),
        room,
      ).toContainEqual(expect.stringMatching(`^${room}`));
    }
  });

  it("import no platform and no package", () => {
    const found = pure.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier, isTypeOnly }) => !isTypeOnly && !specifier.startsWith("."))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(found).toEqual([]);
  });

  it("use no clock, timer, random number, process or network", () => {
    const found = pure.flatMap(({ path, tree }) =>
      [...nodesOf(tree)].flatMap((node) => effectOf(node) ?? []).map((use) => `${path}: ${use}`),
    );
    expect(found).toEqual([]);
  });

  it.each([
    ["setTimeout(f, 1)", "setTimeout"],
    ["const f = { setTimeout }", "setTimeout"],
    ["Date.now()", "Date.now"],
    ["new Date()", "new Date()"],
    ["Date()", "Date()"],
    ["Math.random()", "Math.random"],
    ["crypto.randomUUID()", "crypto"],
    ["globalThis.process", "globalThis"],
    ["await fetch(url)", "fetch"],
    ["clock.setTimeout(f, 1)", undefined],
    ["new Date(0)", undefined],
    ["const options = { fetch: 1 }", undefined],
    ["function f(fetch: Fetch): void {}", undefined],
  ])("%s uses %s", (code, use) => {
    const parsed = ts.createSourceFile("code.ts", code, ts.ScriptTarget.Latest, true);
    expect([...nodesOf(parsed)].flatMap((node) => effectOf(node) ?? [])[0]).toBe(use);
  });
});

/** Groups of files of which each imports the others, directly or through them. (Tarjan's algorithm.) */
function circles(): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (path: string): number => {
    let low = order.size;
    order.set(path, low);
    open.push(path);
    for (const target of tree.get(path)?.imports.flatMap(({ targets }) => targets) ?? []) {
      const seen = order.get(target);
      if (target === path) found.push([path, path]);
      else if (seen === undefined) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, seen);
    }
    lowest.set(path, low);
    if (low === order.get(path)) {
      const circle = open.splice(open.indexOf(path));
      if (circle.length > 1) found.push(circle.sort());
    }
    return low;
  };
  for (const path of tree.keys()) if (!order.has(path)) visit(path);
  return found;
}

/** The types, interfaces and classes that a file declares and exports. */
function exportedTypes({ tree }: SourceFile): string[] {
  const listed = new Set(
    tree.statements.flatMap((statement) => {
      const isLocal = ts.isExportDeclaration(statement) && !statement.moduleSpecifier;
      const { exportClause } = isLocal ? statement : {};
      return exportClause && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
        : [];
    }),
  );
  return tree.statements.flatMap((statement) => {
    const isType =
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isClassDeclaration(statement);
    if (!isType || !statement.name) return [];
    const isExported = statement.modifiers?.some(
      ({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
    );
    return isExported || listed.has(statement.name.text) ? [statement.name.text] : [];
  });
}

/** The pure rooms, and the files of src whose code they import, however indirectly. A type has no effects. */
function pureFiles(): SourceFile[] {
  const found = new Set<SourceFile>();
  const add = (file: SourceFile | undefined) => {
    if (!file?.path.startsWith("src/") || found.has(file)) return;
    found.add(file);
    const imports = file.imports.filter(({ isTypeOnly }) => !isTypeOnly);
    for (const target of imports.flatMap(({ targets }) => targets)) add(tree.get(target));
  };
  for (const file of sources) if (PURE.some((room) => file.path.startsWith(room))) add(file);
  return [...found];
}

/** What a node does besides computing a value of its arguments. */
function effectOf(node: ts.Node): string | undefined {
  const isDate = (callee: ts.Node) => ts.isIdentifier(callee) && callee.text === "Date";
  if (ts.isNewExpression(node) && isDate(node.expression) && !node.arguments?.length) {
    return "new Date()";
  }
  if (ts.isCallExpression(node) && isDate(node.expression)) return "Date()";
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    return ["Date.now", "Math.random"].includes(text) ? text : undefined;
  }
  return ts.isIdentifier(node) && EFFECTS.has(node.text) && isUsed(node) ? node.text : undefined;
}

const EFFECTS = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "performance",
  "crypto",
  "process",
  "fetch",
  "console",
  "globalThis",
  "window",
  "self",
  "require",
]);

/** Whether a name is read as a variable: it is no member, key, parameter, declaration or type. */
function isUsed(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  const isDeclared = "name" in parent && parent.name === name;
  const isKeyOfPattern = ts.isBindingElement(parent) && parent.propertyName === name;
  const isType = ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent);
  return !isDeclared && !isKeyOfPattern && !isType;
}
