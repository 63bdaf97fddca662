#!/usr/bin/env node
// Exits 0 if dist is newer than everything it is compiled from, else 1. `npm pack` builds only in the second case,
// because tests pack the package while other tests run what is in dist.
//   node scripts/release/is-built.mjs
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const built = "dist/src/index.js";
const compiled = ["src", "generated"].flatMap((folder) => [folder, ...contentsOf(folder)]);
const sources = [...compiled, "tsconfig.json", "tsconfig.build.json"];

process.exitCode = existsSync(built) && sources.every(noNewerThan(built)) ? 0 : 1;

/** Files and folders. A folder is newer when a file in it was deleted. */
function contentsOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
    join(folder, name),
  );
}

function noNewerThan(other) {
  const time = changedAt(other);
  return (path) => changedAt(path) <= time;
}

function changedAt(path) {
  return statSync(path).mtimeMs;
}
