import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { cache, npmInstall } from "./project.mjs";
import { portOf } from "./port.mjs";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Runs the cases in a page of headless Chromium. It uses the installed Chromium; `CHROMIUM` sets another path. */
export async function runChromium({ project, fixture }) {
  const script = await readFile(await bundle(project, "page.mjs", ["browser"]));
  const pages = await servePage(script);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${portOf(pages)}/`);
    const results = await page.evaluate((given) => globalThis["conform"](given), fixture);
    return { version: browser.version(), results };
  } finally {
    await browser.close();
    pages.close();
  }
}

async function launch() {
  const folder = join(cache, "playwright-core@1");
  const require = createRequire(join(folder, "package.json"));
  const load = () => require("playwright-core");
  let playwright;
  try {
    playwright = load();
  } catch {
    await npmInstall(folder, "playwright-core@1");
    playwright = load();
  }
  const { CHROMIUM: executablePath = "/usr/bin/chromium" } = process.env;
  return playwright.chromium.launch({ executablePath, args: FLAGS });
}

async function servePage(script) {
  const server = createServer(({ url }, response) => {
    const isScript = url === "/page.mjs";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<script type="module" src="/page.mjs"></script>');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
