#!/usr/bin/env node
// Type-checks every example that a reader may copy: the ts and js code blocks of the documents, and
// those of the TSDoc comments in src. Each is a module of its own, written to .cache/snippets.
//   node scripts/check-snippets.mjs
// A block that opens with ```ts no-check is skipped, and the output names it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, ".cache/snippets");
const extensions = new Map([
  ["ts", "mts"],
  ["typescript", "mts"],
  ["js", "mjs"],
  ["javascript", "mjs"],
]);

const { snippets, problems } = collect();
const checked = snippets.filter((snippet) => !snippet.skipped);
for (const { file, line, skipped } of snippets) {
  if (skipped) console.log(`${file}:${line} is not checked (no-check)`);
}
problems.push(...check(checked));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${checked.length} snippets type-check`);

function collect() {
  const snippets = [];
  const problems = [];
  for (const file of ["README.md", "CONTRIBUTING.md", ...filesIn("docs", ".md")]) {
    if (existsSync(join(root, file))) snippets.push(...blocks(file, linesOf(file), 1));
  }
  for (const file of filesIn("src", ".ts")) {
    for (const { line, lines } of docComments(linesOf(file))) {
      snippets.push(...blocks(file, lines, line));
      for (const example of unfencedExamples(lines)) {
        problems.push(`${file}:${line + example} an @example needs a \`\`\`ts or \`\`\`js block`);
      }
    }
  }
  return { snippets, problems };
}

function filesIn(directory, extension) {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(extension))
    .map((name) => join(directory, name))
    .sort();
}

function linesOf(file) {
  return readFileSync(join(root, file), "utf8").split(/\r?\n/);
}

/** The TSDoc comments of a source file, without their frame, and the line each begins on. */
function docComments(lines) {
  const comments = [];
  let open;
  lines.forEach((text, index) => {
    if (!open && /^\s*\/\*\*/.test(text)) open = { line: index + 1, lines: [] };
    if (!open) return;
    open.lines.push(text.replace(/^\s*\/?\*+ ?(?!\/)/, "").replace(/\s*\*+\/.*$/, ""));
    if (text.includes("*/")) {
      comments.push(open);
      open = undefined;
    }
  });
  return comments;
}

/** The fenced blocks in TypeScript or JavaScript; `line` is where the code begins. */
function blocks(file, lines, firstLine) {
  const found = [];
  let open;
  lines.forEach((text, index) => {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(\w*)\s*(.*)$/.exec(text);
    if (!open) {
      if (!fence) return;
      const [, indent, marks, language, rest] = fence;
      const extension = extensions.get(language);
      const skipped = rest.includes("no-check");
      open = { file, line: firstLine + index + 1, indent, marks, extension, skipped, code: [] };
    } else if (fence && fence[2].startsWith(open.marks) && !fence[3] && !fence[4]) {
      if (open.extension) found.push(open);
      open = undefined;
    } else {
      open.code.push(text.startsWith(open.indent) ? text.slice(open.indent.length) : text);
    }
  });
  return found;
}

/** The lines of a comment with an `@example` that no code block follows. */
function unfencedExamples(lines) {
  return lines.flatMap((text, index) => {
    if (!text.startsWith("@example")) return [];
    const next = lines.findIndex((later, at) => at > index && /^@\w/.test(later));
    const body = lines.slice(index + 1, next < 0 ? undefined : next);
    return body.some((line) => /^\s*```(ts|js|typescript|javascript)\b/.test(line)) ? [] : [index];
  });
}

/** Compiles the snippets of each language in a program of their own; returns the errors with file and line. */
function check(snippets) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const origins = new Map();
  snippets.forEach((snippet, index) => {
    const name = snippet.file.replace(/[^\w]+/g, "-");
    const path = join(folder, `${index}-${name}-${snippet.line}.${snippet.extension}`);
    writeFileSync(path, `${snippet.code.join("\n")}\n`);
    origins.set(path, snippet);
  });
  return ["mts", "mjs"].flatMap((extension) => {
    const paths = [...origins.keys()].filter((path) => path.endsWith(extension));
    return paths.length > 0 ? compile(paths, extension, origins) : [];
  });
}

function compile(paths, extension, origins) {
  const config = join(folder, `tsconfig.${extension}.json`);
  const settings = {
    // The settings of tests and scripts, except that an example need not use everything that it declares.
    extends: `../../tsconfig.${extension === "mts" ? "check" : "scripts"}.json`,
    compilerOptions: {
      moduleDetection: "force",
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: [],
    files: paths,
  };
  writeFileSync(config, `${JSON.stringify(settings, null, 2)}\n`);
  const parsed = ts.getParsedCommandLineOfConfigFile(config, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(textOf(diagnostic));
    },
  });
  if (!parsed) throw new Error(`${config} cannot be read`);
  const program = ts.createProgram(parsed.fileNames, parsed.options);
  const own = paths.flatMap((path) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  const general = [...parsed.errors, ...program.getOptionsDiagnostics()];
  return [...general, ...own].map((diagnostic) => describe(diagnostic, origins));
}

function describe(diagnostic, origins) {
  const message = `error TS${diagnostic.code}: ${textOf(diagnostic)}`;
  const origin = diagnostic.file && origins.get(resolve(diagnostic.file.fileName));
  if (!origin) return message;
  const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  return `${origin.file}:${origin.line + line} ${message}`;
}

function textOf(diagnostic) {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ");
}
