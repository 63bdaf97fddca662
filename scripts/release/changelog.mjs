#!/usr/bin/env node
// Moves what CHANGELOG.md lists under "Unreleased" to the version in package.json, with today's date, and adds its link.
// `npm version` runs this after it has written the new version.
import { readFile, writeFile } from "node:fs/promises";
import { pageOf } from "./repository-page.mjs";

const UNRELEASED = "## [Unreleased]";

const { version, repository } = JSON.parse(await readFile("package.json", "utf8"));
const changelog = await readFile("CHANGELOG.md", "utf8");
const problem = problemOf(changelog, version);
if (problem === undefined) {
  await writeFile("CHANGELOG.md", released(changelog, version));
} else {
  console.error(problem);
  console.error("Undo the new version with `git restore package.json package-lock.json`.");
  process.exitCode = 1;
}

function problemOf(text, next) {
  if (!text.includes(`\n${UNRELEASED}\n`)) return `CHANGELOG.md has no heading "${UNRELEASED}".`;
  if (text.includes(`\n## [${next}]`)) return `CHANGELOG.md already has a section for ${next}.`;
  const entries = unreleasedEntries(text);
  if (entries === "") return "CHANGELOG.md lists no changes under Unreleased.";
  const isPatch = !/^\d+\.\d+\.0\b/.test(next);
  const onlyFixes = /^### Fixed\n/.test(entries) && entries.split("\n### ").length === 1;
  if (isPatch && !onlyFixes) {
    return `CHANGELOG.md lists more than fixes under Unreleased, so ${next} must be a minor or a major version.`;
  }
  return undefined;
}

function unreleasedEntries(text) {
  const from = text.indexOf(UNRELEASED) + UNRELEASED.length;
  return text
    .slice(from)
    .split(/^(?:## |\[)/m)[0]
    .trim();
}

function released(text, next) {
  const page = pageOf(repository.url);
  const previous = /^## \[(\d[^\]]*)\]/m.exec(text)?.[1];
  const date = new Date().toISOString().slice(0, 10);
  const changes = previous
    ? `${page}/compare/v${previous}...v${next}`
    : `${page}/releases/tag/v${next}`;
  return text
    .replace(`${UNRELEASED}\n`, `${UNRELEASED}\n\n## [${next}] - ${date}\n`)
    .replace(
      /^\[Unreleased\]: .*$/m,
      `[Unreleased]: ${page}/compare/v${next}...HEAD\n[${next}]: ${changes}`,
    );
}
