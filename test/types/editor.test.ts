import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

// What an editor shows to someone who uses the built package, asked of TypeScript's language service.

const root = fileURLToPath(new URL("../..", import.meta.url));
const file = join(root, "test/types/reader.ts");

const text = `
import { CyclesClient, CyclesError, isCyclesError } from "../../dist/src/index.js";
declare const cycles: CyclesClient;
declare const error: CyclesError;
void cycles.reserve({ /*fields*/ });
if (error.code === "/*code*/") throw error;
isCyclesError(error, "/*argument*/");
`;

let service: ts.LanguageService;

beforeAll(() => {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    types: [],
  };
  service = ts.createLanguageService({
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    readDirectory: ts.sys.readDirectory,
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const source = name === file ? text : ts.sys.readFile(name);
      return source === undefined ? undefined : ts.ScriptSnapshot.fromString(source);
    },
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  });
});

function hover(word: string): string {
  const info = service.getQuickInfoAtPosition(file, text.indexOf(word) + 1);
  return ts.displayPartsToString(info?.displayParts);
}

function completions(mark: string): Set<string> {
  const list = service.getCompletionsAtPosition(file, text.indexOf(mark), undefined);
  return new Set(list?.entries.map(({ name }) => name));
}

function documentation(mark: string, name: string): string {
  const at = text.indexOf(mark);
  const details = service.getCompletionEntryDetails(file, at, name, {}, undefined, {}, undefined);
  // The contract's descriptions have a tag of their own.
  const tags = details?.tags?.map((tag) => ts.displayPartsToString(tag.text)) ?? [];
  return [ts.displayPartsToString(details?.documentation), ...tags].join("\n").trim();
}

describe("in an editor", () => {
  it("`reserve` takes a request with a name", () => {
    expect(hover("reserve(")).toBe(
      "(method) CyclesClient.reserve(request: ReserveRequest, options?: ReserveOptions): Promise<Guard>",
    );
  });

  it.each(["action", "estimate", "subject", "idempotency_key", "ttl_ms", "overage_policy"])(
    "the field `%s` of a request completes, with what it is for",
    (field) => {
      expect(completions("/*fields*/")).toContain(field);
      expect(documentation("/*fields*/", field)).toMatch(/\w+ \w+/);
    },
  );

  it("a request does not offer a dry run, which a guard cannot hold", () => {
    expect(completions("/*fields*/")).not.toContain("dry_run");
  });

  it.each(["/*code*/", "/*argument*/"])(
    "the codes of the protocol and of the client complete at %s",
    (mark) => {
      const codes = completions(mark);
      for (const code of [
        "BUDGET_EXCEEDED",
        "NOT_FOUND",
        "TIMEOUT",
        "CLIENT_CLOSED",
        "GUARD_STATE",
      ])
        expect(codes).toContain(code);
    },
  );
});
