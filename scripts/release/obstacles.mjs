import { exec } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { ownerOf, PLACEHOLDER } from "./repository-page.mjs";

/** What must be done before this version may be published: one sentence for each. */
export async function obstacles({ version, repository }) {
  const changelog = await readFile("CHANGELOG.md", "utf8");
  const tag = `v${version}`;
  const found = [];
  if (ownerOf(repository.url) === PLACEHOLDER) {
    found.push("Set repository.url in package.json, then run `npm run repository`.");
  }
  if (!changelog.includes(`\n## [${version}]`)) {
    found.push(`CHANGELOG.md has no section for ${version}: run \`npm version\`.`);
  }
  if ((await git("status --porcelain")) !== "") {
    found.push("Commit or remove the changes that `git status` lists.");
  }
  if (!(await git("tag --points-at HEAD")).split("\n").includes(tag)) {
    found.push(`Tag the merged commit: \`git tag ${tag} && git push origin ${tag}\`.`);
  }
  return found;
}

async function git(command) {
  try {
    return (await promisify(exec)(`git ${command}`)).stdout.trim();
  } catch (error) {
    return String(error);
  }
}
