import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A file of `src` or `generated`, as the TypeScript parser reads it. Paths start at the root and use `/`. */
export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

export interface Import {
  /** What the code says, such as `./scope.js`, `#journal` or `node:fs`. */
  readonly specifier: string;
  /** The files of this repository that it can stand for. An import condition such as `#journal` has several. */
  readonly targets: readonly string[];
  /** The compiler removes the import: `import type`, or only `type` names in braces. */
  readonly isTypeOnly: boolean;
}

/** All files of `src` and `generated`, by path. */
export function sourceTree(): ReadonlyMap<string, SourceFile> {
  const paths = ["src", "generated"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name.split(sep).join("/")}`),
  );
  return new Map(paths.map((path) => [path, read(path)]));
}

/** The nodes of a tree, parents before children. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return {
    path,
    lines: text.split("\n").length - 1,
    tree,
    imports: [...nodesOf(tree)].flatMap((node) => {
      const specifier = specifierOf(node);
      if (specifier === undefined) return [];
      const targets = targetsOf(path, specifier);
      return [{ specifier, targets, isTypeOnly: isTypeOnly(node) }];
    }),
  };
}

/** Type-only imports, `export … from`, `import("…")` and `import("…").Type` count too. */
function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return textOf(node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return textOf(node.argument.literal);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]);
  }
  return undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly || areTypes(node.exportClause);
  if (!ts.isImportDeclaration(node)) return ts.isImportTypeNode(node);
  const { importClause: clause } = node;
  if (clause === undefined) return false;
  const isTypes = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return isTypes || (clause.name === undefined && areTypes(clause.namedBindings));
}

function areTypes(names: ts.NamedExportBindings | ts.NamedImportBindings | undefined): boolean {
  const isList = names !== undefined && (ts.isNamedImports(names) || ts.isNamedExports(names));
  return isList && names.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : undefined;
}

function targetsOf(path: string, specifier: string): readonly string[] {
  if (specifier.startsWith("#")) return conditions[specifier] ?? [];
  if (!specifier.startsWith(".")) return [];
  const target = relative(root, join(root, dirname(path), specifier))
    .split(sep)
    .join("/");
  return [target.replace(/\.js$/, ".ts")];
}

/** The sources behind each `#…` import of package.json, which names the built files. */
const conditions = readConditions();

function readConditions(): Readonly<Record<string, readonly string[]>> {
  const manifest: { readonly imports: Readonly<Record<string, Record<string, string>>> } =
    JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.fromEntries(
    Object.entries(manifest.imports).map(([name, byCondition]) => [
      name,
      [...new Set(Object.values(byCondition))].map((built) =>
        built.replace("./dist/", "").replace(/\.js$/, ".ts"),
      ),
    ]),
  );
}
