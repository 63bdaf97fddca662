#!/usr/bin/env node
// Sets every link to the repository from the one place that names it: `repository.url` in package.json.
//   npm run repository [-- --check]
// With --check, it writes nothing, lists the files that disagree, and exits with 1 if there are any.
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ownerOf, pageOf } from "./release/repository-page.mjs";

const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const { repository } = JSON.parse(await readFile("package.json", "utf8"));
const page = pageOf(repository.url);
const owner = ownerOf(repository.url);

const files = {
  "package.json": withFields,
  ".github/CODEOWNERS": withOwner,
  ".github/ISSUE_TEMPLATE/config.yml": withLinks,
  "SECURITY.md": withLinks,
  "CHANGELOG.md": withLinks,
};

for (const [path, derive] of Object.entries(files)) {
  const text = await readFile(path, "utf8");
  const derived = derive(text);
  if (derived === text) continue;
  if (options.check) {
    console.error(`${path} does not agree with repository.url; run \`npm run repository\``);
    process.exitCode = 1;
  } else {
    await writeFile(path, derived);
    console.log(`${path} now names ${page}`);
  }
}

function withFields(text) {
  const manifest = JSON.parse(text);
  manifest.homepage = `${page}#readme`;
  manifest.bugs = { url: `${page}/issues` };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function withLinks(text) {
  return text.replace(/https:\/\/github\.com\/[\w-]+\/[\w.-]*[\w-]/g, page);
}

/** Keeps the team of an organisation: `@acme/budgets` stays a team of the new owner. */
function withOwner(text) {
  return text.replace(/^([^#\s]\S*\s+)@[\w-]+/gm, `$1@${owner}`);
}
