import { OptionDefaults } from "typedoc";

/** @type {Partial<import("typedoc").TypeDocOptions>} */
const options = {
  entryPoints: ["src/index.ts", "src/embedded/index.ts"],
  out: ".cache/api",
  name: "cycles-client",
  projectDocuments: ["docs/*.md"],
  // The contract's descriptions come with a tag of their own.
  blockTags: [...OptionDefaults.blockTags, "@description", "@constant"],
  // Shorthands of ours, and what only this package makes errors, pages and children of.
  intentionallyNotExported: [
    "Schemas",
    "CreateRequest",
    "Page",
    "Inherited",
    "ErrorOptions",
    "CallContext",
    "ApiErrorAnswer",
    "BudgetStatus",
  ],
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  treatWarningsAsErrors: true,
};

export default options;
