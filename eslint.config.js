import { readdirSync } from "node:fs";
import { defineConfig, globalIgnores } from "eslint/config";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const root = import.meta.dirname;

export default defineConfig(
  globalIgnores(["dist/", "generated/", "coverage/", ".cache/", "node_modules/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["tsconfig.json", "tsconfig.check.json"],
        tsconfigRootDir: root,
      },
    },
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-empty-object-type": [
        "error",
        { allowInterfaces: "with-single-extends" },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // `throw signal.reason` and `reject(signal.reason)` pass on the caller's value.
      "@typescript-eslint/only-throw-error": ["error", { allowThrowingUnknown: true }],
      "@typescript-eslint/prefer-promise-reject-errors": ["error", { allowThrowingUnknown: true }],
    },
  },
  {
    files: ["src/**/*.ts"],
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [
        createNodeResolver({ extensionAlias: { ".js": [".ts", ".js"] }, extensions: [".ts"] }),
      ],
    },
    rules: {
      "no-console": "error",
      "import-x/no-default-export": "error",
      "import-x/no-duplicates": ["error", { "prefer-inline": true }],
      "import-x/no-restricted-paths": ["error", { basePath: root, zones: importDirections() }],
    },
  },
  {
    files: ["src/embedded/**"],
    rules: noImports("^#", "The embedded authority sends nothing and keeps no journal."),
  },
  // Pure code: it computes values, and imports only code that does. Types of other code are fine.
  {
    files: ["src/embedded/ledger/**"],
    rules: onlyImports(
      ["./", "../../amount.js", "../../errors.js", "../../protocol/", "../../../generated/"],
      "The ledger is pure: it imports only amounts, errors, the protocol and itself.",
    ),
  },
  {
    files: ["src/guard/lease/**"],
    rules: onlyImports(["./"], "A lease is pure: it imports only itself."),
  },
  {
    files: ["src/guard/state.ts", "src/guard/transition.ts"],
    rules: onlyImports(
      ["./state.js", "./transition.js", "../amount.js"],
      "The state of a guard is pure: it imports only amounts and its transitions.",
    ),
  },
  { files: ["src/cli/**"], rules: { "no-console": "off" } },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Tests read JSON, fake asynchronous parts, and throw values that are not errors.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    // Plain JavaScript: the type checker checks names, and the linter checks promises.
    files: ["**/*.js", "**/*.mjs"],
    plugins: { "@typescript-eslint": tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: "tsconfig.scripts.json", tsconfigRootDir: root },
    },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
    },
  },
);

/** Imports point one way: a file may import from its own layer and from the layers before it. */
function importDirections() {
  const adapters = ["llm", "prices", "ai", "tools", "otel", "evidence"];
  const apart = ["embedded", ...adapters, "cli"];
  /** What `llm` knows of a call and its cost without its wire format. */
  const accounting = [
    ...["account.ts", "answer.ts", "connection.ts", "mark.ts", "meter.ts", "running-call.ts"],
    ...["spend.ts", "dialects/content.ts", "dialects/dialect.ts", "dialects/usage.ts"],
    "dialects/values.ts",
  ];
  const above = [
    ...["wire", "settlement", "guard", "allowance"],
    ...["client-context.ts", "operations.ts", "client.ts", "index.ts"],
  ];
  const base = readdirSync(`${root}/src`).filter((name) => ![...above, ...apart].includes(name));
  const layers = [["generated"], inSrc(base), ...above.map((name) => inSrc([name]))];

  const embeddedMayImport = [
    "amount.ts",
    "clock.ts",
    "error-codes.ts",
    "errors.ts",
    "protocol",
    "web.ts",
  ];
  const closedToEmbedded = [...base, ...above, "cli"].filter(
    (name) => !embeddedMayImport.includes(name),
  );

  return [
    ...layers.slice(0, -1).map((layer, depth) => ({
      target: layer,
      from: layers.slice(depth + 1).flat(),
      message: `Imports point one way: generated ← base files and protocol ← ${above.join(" ← ")}.`,
    })),
    {
      target: layers.flat(),
      from: inSrc(apart),
      message:
        "Nothing in the client imports the embedded authority, an adapter or the command line.",
    },
    {
      target: inSrc(adapters),
      from: inSrc([...base, ...above.filter((name) => name !== "index.ts"), "embedded", "cli"]),
      message: "An adapter imports only the public surface, index.ts, as a user could.",
    },
    {
      target: inSrc(adapters.filter((name) => !["llm", "ai"].includes(name))),
      from: "src/llm",
      except: ["index.ts"],
      message: "An adapter imports only the public surface of another one.",
    },
    {
      target: "src/ai",
      from: "src/llm",
      except: ["index.ts", ...accounting],
      message:
        "`ai` shares the accounting of calls with `llm`, and neither `fetch` nor wire formats.",
    },
    {
      target: inSrc(["embedded"]),
      from: inSrc(closedToEmbedded),
      message: `The embedded authority imports only generated, itself and ${embeddedMayImport.join(", ")}.`,
    },
  ];
}

/** Forbids imports that `regex` matches. */
function noImports(regex, message, allowTypeImports = false) {
  /** @type {["error", object]} */
  const rule = ["error", { patterns: [{ regex, message, allowTypeImports }] }];
  return { "@typescript-eslint/no-restricted-imports": rule };
}

/** Forbids imports of code that start with none of `starts`. */
function onlyImports(starts, message) {
  const allowed = starts.map((start) => start.replaceAll(".", "\\.")).join("|");
  return noImports(`^(?!${allowed})`, message, true);
}

function inSrc(names) {
  return names.map((name) => `src/${name}`);
}
