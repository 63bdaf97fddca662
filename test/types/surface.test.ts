import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

// The declarations that the package ships, as `npm run build` writes them.

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const entryPoints = [
  "index.d.ts",
  ...["embedded", "llm", "prices", "ai", "tools", "otel", "evidence"].map(
    (name) => `${name}/index.d.ts`,
  ),
].map((file) => `src/${file}`);

let program: ts.Program;
let checker: ts.TypeChecker;

beforeAll(() => {
  program = ts.createProgram(ts.sys.readDirectory(dist, [".d.ts"]), {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(dist, "../node_modules/@types")],
  });
  checker = program.getTypeChecker();
}, 120_000);

/** What an entry point exports, by the symbols that the names lead to. */
function exportsOf(entryPoint: string): Map<ts.Symbol, string> {
  const source = program.getSourceFile(join(dist, entryPoint));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entryPoint} exports nothing`);
  return new Map(checker.getExportsOfModule(module).map((one) => [target(one), one.name]));
}

function target(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The interfaces and classes of ours that a declaration names, by itself or through an alias. */
function namedIn(
  declaration: ts.Node,
  found = new Map<ts.Symbol, string>(),
  seen = new Set<ts.Node>(),
): Map<ts.Symbol, string> {
  const visit = (node: ts.Node) => {
    if (ts.isTypeReferenceNode(node)) note(node.typeName);
    if (ts.isExpressionWithTypeArguments(node)) note(node.expression);
    if (ts.isTypeQueryNode(node)) note(node.exprName);
    ts.forEachChild(node, visit);
  };
  const note = (name: ts.Node) => {
    const named = checker.getSymbolAtLocation(name);
    const symbol = named && target(named);
    const [origin] = symbol?.declarations ?? [];
    if (symbol === undefined || origin === undefined || seen.has(origin)) return;
    if (!origin.getSourceFile().fileName.startsWith(dist)) return;
    if (ts.isTypeAliasDeclaration(origin)) namedIn(origin, found, seen);
    else if (!ts.isTypeParameterDeclaration(origin)) found.set(symbol, symbol.name);
  };
  seen.add(declaration);
  visit(declaration);
  return found;
}

/** The types that the exports of an entry point name, but that no entry point exports. */
function unnamed(entryPoint: string): string[] {
  const known = new Set(entryPoints.flatMap((one) => [...exportsOf(one).keys()]));
  const names = [...exportsOf(entryPoint).keys()].flatMap(({ declarations = [] }) =>
    declarations.flatMap((declaration) =>
      [...namedIn(declaration)].filter(([used]) => !known.has(used)).map(([, name]) => name),
    ),
  );
  return [...new Set(names)];
}

/** No program needs these names: the fields of the interfaces show where they are used. */
const SHORTHANDS = [
  "FINISH_REASON",
  "NO_USAGE",
  "ListBody",
  "OperationTypes",
  "QueryStyle",
  "RawHooks",
];

describe("the declarations of the package", () => {
  it("compile, every one of them", () => {
    const ours = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(dist));
    const problems = ours.flatMap((source) => program.getSemanticDiagnostics(source));
    expect(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")),
    ).toEqual([]);
  });

  it.each(entryPoints)("name no type in %s that a program cannot import", (entryPoint) => {
    expect(unnamed(entryPoint).filter((name) => !SHORTHANDS.includes(name))).toEqual([]);
  });

  it.each(entryPoints)("show no member in %s that is for the package only", (entryPoint) => {
    const shown = [...exportsOf(entryPoint).keys()]
      .flatMap(({ declarations = [] }) => declarations)
      .filter((declaration) => ts.isClassDeclaration(declaration))
      .flatMap((declaration) => declaration.members.map((member) => member.getText()));
    const internal =
      /inherited|context|lifecycle|settler|settings|abandon|\bidle\b|reportUnsettled/i;
    expect(shown.filter((member) => internal.test(member.replace(/\/\*.*?\*\//gs, "")))).toEqual(
      [],
    );
  });

  it("reach for no library of the web", () => {
    const sources = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(dist));
    const libraries = sources.flatMap(({ libReferenceDirectives, typeReferenceDirectives }) =>
      [...libReferenceDirectives, ...typeReferenceDirectives].map(({ fileName }) => fileName),
    );
    expect([...new Set(libraries)]).toEqual(["esnext.disposable"]);
  });
});
