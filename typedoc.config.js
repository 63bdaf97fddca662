import { Converter, OptionDefaults } from "typedoc";

/** The guides, in the order in which they are read. */
const guides = [
  "getting-started",
  "guards",
  "leases",
  "errors",
  "configuration",
  "recovery",
  "runtimes",
  "testing",
  "raw",
  "performance",
];

/** The types of the whole contract. A program imports them for `createRawClient`. */
const CONTRACT = new Set(["components", "operations", "paths"]);

/** @type {Partial<import("typedoc").TypeDocOptions>} */
const options = {
  entryPoints: ["src/index.ts", "src/embedded/index.ts", "src/llm/index.ts", "src/prices/index.ts"],
  out: ".cache/api",
  name: "cycles-client",
  projectDocuments: guides.map((name) => `docs/${name}.md`),
  plugin: [titles, withoutTheContract],
  // The contract's descriptions come with a tag of their own.
  blockTags: [...OptionDefaults.blockTags, "@description", "@constant"],
  intentionallyNotExported: [
    // Shorthands, which show what they stand for.
    "Schemas",
    "QueryParameters",
    "BudgetStatus",
    "ListBody",
    // The platform's own types, by the name that the reader's compiler has for them.
    "WebRequest",
    "WebRequestInit",
    "WebResponse",
    "WebUrl",
    // How the raw client reads a contract.
    "ParseAs",
    "PathSerializer",
    "RawHooks",
    "RawMethod",
    "Rest",
    "Result",
  ],
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  treatWarningsAsErrors: true,
};

/**
 * The navigation names a guide by its heading, not by its file. The first page has the name of the
 * package as its title, so the README's heading, which repeats it, goes.
 *
 * @param {import("typedoc").Application} app
 */
function titles(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.name = headingOf(document.content)?.[1] ?? document.name;
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const heading = headingOf(project.readme);
    const [first, ...rest] = project.readme ?? [];
    if (!first || !heading) return;
    project.readme = [{ ...first, text: first.text.slice(heading[0].length) }, ...rest];
  });
}

/** @param {import("typedoc").CommentDisplayPart[] | undefined} content */
function headingOf(content) {
  const first = content?.[0];
  return first?.kind === "text" ? /^\s*# (.+)\n+/.exec(first.text) : null;
}

/**
 * The contract as one type fills pages of a megabyte. Its schemas have pages of their own.
 *
 * @param {import("typedoc").Application} app
 */
function withoutTheContract(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const exported = project.children?.flatMap(({ children = [] }) => children) ?? [];
    for (const reflection of exported) {
      if (CONTRACT.has(reflection.name)) project.removeReflection(reflection);
    }
  });
}

export default options;
