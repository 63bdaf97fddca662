#!/usr/bin/env node
// Packs the package and prints the command that publishes it.
//   node scripts/release.mjs              what `make release` runs after the checks; publishes nothing
//   node scripts/release.mjs --publish    what `make publish` runs; publishes the tarball that was packed
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { obstacles } from "./release/obstacles.mjs";
import { pack, tarballOf } from "./release/tarball.mjs";

const { values: options } = parseArgs({
  options: { publish: { type: "boolean", default: false } },
});
const manifest = JSON.parse(await readFile("package.json", "utf8"));
const tarball = tarballOf(manifest);
// A prerelease must not become what `npm install` takes by default.
const distTag = manifest.version.includes("-") ? " --tag next" : "";
const command = `npm publish ${tarball} --provenance --access public${distTag}`;

process.exitCode = options.publish ? await publish() : await release();

async function release() {
  const { files, size, integrity, missing } = await pack(manifest);
  if (missing.length > 0) {
    console.error(`package.json names files that are not in ${tarball}:\n${listed(missing)}`);
    return 1;
  }
  console.log(`Packed ${tarball}: ${files} files, ${Math.round(size / 1000)} kB, ${integrity}`);
  const open = await obstacles(manifest);
  if (open.length > 0) console.log(`\nBefore it can be published:\n${listed(open)}`);
  console.log(`\nNothing was published. The release workflow runs \`make publish\`, which runs:`);
  console.log(`  ${command}`);
  return 0;
}

async function publish() {
  const open = await obstacles(manifest);
  if (!existsSync(tarball)) open.push(`${tarball} does not exist: run \`make release\`.`);
  if (open.length > 0) {
    console.error(`Nothing was published:\n${listed(open)}`);
    return 1;
  }
  return spawnSync(command, { stdio: "inherit", shell: true }).status ?? 1;
}

function listed(items) {
  return items.map((item) => `- ${item}`).join("\n");
}
