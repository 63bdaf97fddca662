// Reads a contract: bundles its files into one document, and checks it before code is generated. Redocly bundles and lints.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, lint, loadConfig } from "@redocly/openapi-core";
import { measure } from "./bounds.mjs";
import { patternWarnings } from "./patterns.mjs";
import { refuseForeignReferences, ResolverOfFolder } from "./references.mjs";
import { refuseOtherShapes, refuseOtherVersions } from "./shape.mjs";

const configPath = join(dirname(fileURLToPath(import.meta.url)), "../../redocly.yaml");

/**
 * @param {string} source the path of the document
 * @returns {Promise<{ contract: any, warnings: string[] }>}
 * @throws {Error} if the document is refused; the message says why, and where
 */
export async function readContract(source) {
  const config = await loadConfig({ configPath });
  const contract = await bundled(source, config);
  refuseForeignReferences(contract);
  refuseOtherShapes(contract);
  // The rules of Redocly match examples against patterns, so the patterns are checked first.
  const warnings = await patternWarnings(contract);
  const externalRefResolver = await ResolverOfFolder.of(source);
  refuseProblems(await lint({ ref: source, config, externalRefResolver }));
  return { contract, warnings };
}

async function bundled(source, config) {
  const externalRefResolver = await ResolverOfFolder.of(source);
  const root = await externalRefResolver.resolveDocument(null, source, true);
  if (root instanceof Error) throw root;
  refuseOtherVersions(root.parsed);
  const made = await bundle({ ref: source, config, externalRefResolver }).catch((error) => {
    throw externalRefResolver.refusals[0] ?? error;
  });
  if (externalRefResolver.refusals.length > 0) throw externalRefResolver.refusals[0];
  refuseProblems(made.problems);
  measure(made.bundle.parsed);
  return JSON.parse(JSON.stringify(inUsualOrder(made.bundle.parsed)));
}

const SHOWN = 20;

/** @throws {Error} if a problem is an error; the message lists the first errors */
function refuseProblems(problems) {
  const lines = problems
    .filter(({ severity }) => severity === "error")
    .map(({ message, ruleId, location: [place] }) =>
      [`${place?.source.absoluteRef}${place?.pointer ?? ""}`, `  ${message} (${ruleId})`].join(
        "\n",
      ),
    );
  if (lines.length === 0) return;
  const more = lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : [];
  throw new Error(["the document has errors", ...lines.slice(0, SHOWN), ...more].join("\n"));
}

const ORDER = [
  "openapi",
  "info",
  "jsonSchemaDialect",
  "servers",
  "security",
  "tags",
  "externalDocs",
  "paths",
  "webhooks",
  "components",
];

/** The document with its parts in the order of the specification, and extensions last. */
function inUsualOrder(document) {
  const place = (name) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return Object.fromEntries(
    Object.entries(document).sort(([one], [other]) => place(one) - place(other)),
  );
}
