import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { contractOf, folderWith } from "./support/foreign-contract.js";

const scripts = fileURLToPath(new URL("../scripts/", import.meta.url));
const output = JSON.stringify(pathToFileURL(join(scripts, "generate/output.mjs")).href);

// Larger than what one call of the operating system writes to a pipe or a page.
const OLD = "old\n".repeat(50_000);
const NEW = "new\n".repeat(50_000);

/** Runs code in a Node process; returns how the process ended. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, args, { stdio: "pipe", env: { ...process.env, ...env } });
  child.stdout.resume();
  child.stderr.resume();
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return { code, signal };
}

/** Writes two files over old ones in a process in which every call of `writeFileSync` does `meanwhile` half-way. */
async function writeWhile(meanwhile: string) {
  const folder = await folderWith({ "a.ts": OLD, "b.ts": OLD });
  const code = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const { writeFileSync } = fs;
    fs.writeFileSync = (path, text) => {
      writeFileSync(path, text.slice(0, text.length / 2));
      ${meanwhile};
      writeFileSync(path, text);
    };
    syncBuiltinESMExports();
    const text = "new\\n".repeat(50_000);
    const { writeFiles } = await import(${output});
    writeFiles({ "a.ts": text, "b.ts": text }, ${JSON.stringify(folder)});
  `;
  const ended = await run(["--input-type=module", "--eval", code]);
  const names = await readdir(folder);
  const texts = ["a.ts", "b.ts"].map((name) => readFile(join(folder, name), "utf8"));
  return { ended, names, texts: await Promise.all(texts) };
}

describe("the files of the generator", () => {
  it.each(["SIGINT", "SIGTERM"])("are all written if %s arrives meanwhile", async (signal) => {
    const { ended, names, texts } = await writeWhile(`process.kill(process.pid, "${signal}")`);
    expect(ended).toEqual({ code: 0, signal: null });
    expect(names).toEqual(["a.ts", "b.ts"]);
    expect(texts).toEqual([NEW, NEW]);
  });

  it("stay unchanged if writing fails, and no other file is left", async () => {
    const { ended, names, texts } = await writeWhile('throw new Error("the disk is full")');
    expect(ended).toEqual({ code: 1, signal: null });
    expect(names).toEqual(["a.ts", "b.ts"]);
    expect(texts).toEqual([OLD, OLD]);
  });

  it("are complete even if the process is killed", async () => {
    const { ended, texts } = await writeWhile('process.kill(process.pid, "SIGKILL")');
    expect(ended).toEqual({ code: null, signal: "SIGKILL" });
    expect(texts).toEqual([OLD, OLD]);
  });

  it.each(["SIGINT", "SIGTERM"])(
    "are not begun if %s ends the generator before",
    async (signal) => {
      const folder = await folderWith({ "api.json": contractOf({ type: "object" }) });
      const args = ["--from", join(folder, "api.json"), "--out", join(folder, "out")];
      // The thread of the generator sends the signal when it starts.
      const code = `import { isMainThread } from "node:worker_threads";
      if (!isMainThread) process.kill(process.pid, "${signal}");`;
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(code)}`;
      const ended = await run([join(scripts, "generate.mjs"), ...args], { NODE_OPTIONS });
      expect(ended).toEqual({ code: null, signal });
      expect(await readdir(folder)).toEqual(["api.json"]);
    },
  );
});
