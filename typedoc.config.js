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
  entryPoints: ["src/index.ts", "src/embedded/index.ts"],
  out: ".cache/api",
  name: "cycles-client",
  projectDocuments: guides.map((name) => `docs/${name}.md`),
  plugin: [titleOnce, withoutTheContract],
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
 * A guide's heading becomes the title of its page, which would else have the file's name above it.
 *
 * @param {import("typedoc").Application} app
 */
function titleOnce(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    const [first, ...rest] = document.content;
    const heading = first?.kind === "text" && /^\s*# (.+)\n+/.exec(first.text);
    if (!heading) return;
    document.name = heading[1];
    document.content = [{ ...first, text: first.text.slice(heading[0].length) }, ...rest];
  });
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
