import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CyclesClient, tokens, usd } from "cycles-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli, cliUnderNpx } from "../support/cli.js";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
let folder = "";
beforeAll(async () => {
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, "cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

const action = { kind: "llm.completion", name: "gpt-4o-mini" };

function clientOf(variables: Record<string, string>) {
  return new CyclesClient({
    baseUrl: variables["CYCLES_BASE_URL"] ?? "",
    apiKey: variables["CYCLES_API_KEY"] ?? "",
    subject: { tenant: variables["CYCLES_TENANT"] ?? "" },
    logLevel: "off",
  });
}

async function reachable(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

describe("cycles-client dev", () => {
  it("serves a client that uses its variables, and prints a line for each operation", async () => {
    const dev = cli(["dev", "--port", "0"]);
    const cycles = clientOf(await dev.exports());
    const guard = await cycles.reserve({
      subject: { agent: "bot" },
      action,
      estimate: usd("0.02"),
    });
    await guard.commit(usd("0.0132"));
    await cycles.reserve({ action, estimate: usd("9") }).catch(() => undefined);
    expect(await dev.line(/ reserve .*\$0\.02 /)).toMatch(
      /^\d\d:\d\d:\d\d reserve {2}…\/agent:bot +\$0\.02 ALLOW +░{6} \$4\.98$/,
    );
    expect(await dev.line(/ commit /)).toMatch(/\$0\.0132 of \$0\.02 COMMITTED +░{6} \$4\.9868$/);
    expect(await dev.line(/ \$9\.00 /)).toMatch(/ BUDGET_EXCEEDED +░{6} \$4\.9868$/);
    dev.kill("SIGTERM");
    const { stdout } = await dev.ended;
    for (const line of stdout) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout.join("\n")).not.toContain("\u001b");
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "at %s, stops listening, prints a summary and exits with 0",
    async (signal) => {
      const dev = cli(["dev", "-p", "0", "-b", "tenant:acme=5usd", "-b", "tenant:acme=700tokens"]);
      const variables = await dev.exports();
      const cycles = clientOf(variables);
      await (await cycles.reserve({ action, estimate: tokens(400) })).commit(tokens(300));
      dev.kill(signal);
      const { code, stdout, stderr } = await dev.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.at(-1)).toMatch(/^tenant:acme +700 tok +300 tok +0 tok +0 tok +400 tok$/);
      expect(await reachable(variables["CYCLES_BASE_URL"] ?? "")).toBe(false);
    },
  );

  it("ends with the npx that started it", async () => {
    const dev = cliUnderNpx(["dev", "--port", "0"]);
    const { CYCLES_BASE_URL = "" } = await dev.exports();
    dev.kill("SIGTERM");
    const { stdout } = await dev.ended;
    expect(stdout.at(-1)).toMatch(/^tenant:acme /);
    expect(await reachable(CYCLES_BASE_URL)).toBe(false);
  });

  it("prints one JSON object per line with --json", async () => {
    const dev = cli(["dev", "--port", "0", "--json"]);
    const { env } = JSON.parse(await dev.line(/"ready"/));
    await (await clientOf(env).reserve({ action, estimate: usd("1") })).release("not needed");
    await dev.line(/"releaseReservation"/);
    dev.kill("SIGINT");
    const { code, stdout } = await dev.ended;
    const lines = stdout.map((line) => JSON.parse(line) as { type: string });
    expect(code).toBe(0);
    expect(lines.map(({ type }) => type)).toEqual(["ready", "exchange", "exchange", "closed"]);
    expect(lines[1]).toMatchObject({
      operation: "createReservation",
      tenant: "acme",
      scopes: ["tenant:acme"],
      status: 200,
      request: { estimate: usd("1") },
      response: { decision: "ALLOW" },
      tightestBalance: { scope_path: "tenant:acme", remaining: usd("4") },
    });
    expect(lines[3]).toMatchObject({ balances: [{ spent: usd("0"), remaining: usd("5") }] });
  });

  it("reads budgets, keys, caps and limits from a file, and adds budgets of the command line", async () => {
    const path = join(folder, "cycles.json");
    const config = {
      budgets: { "tenant:acme": { allocated: "5usd", caps: { max_tokens: 500 } } },
      apiKeys: { cyc_live_fixed: "acme" },
      maxTtlMs: 2_000,
    };
    await writeFile(path, JSON.stringify(config));
    const dev = cli(["dev", "-p", "0", "-c", path, "-b", "tenant:acme/agent:bot=2usd,9credits"]);
    const variables = await dev.exports();
    expect(variables["CYCLES_API_KEY"]).toBe("cyc_live_fixed");
    const cycles = clientOf(variables);
    const guard = await cycles.reserve({ action, estimate: usd("1"), ttl_ms: 60_000 });
    expect(guard.caps).toEqual({ max_tokens: 500 });
    expect(guard.reservation.remaining_ttl_ms).toBe(2_000);
    await guard.release("seen");
    await expect(
      cycles.reserve({ subject: { agent: "bot" }, action, estimate: usd("3") }),
    ).rejects.toThrow("agent:bot");
  });

  it("exits with 0 if its reader closes the pipe", async () => {
    const dev = cli(["dev", "--port", "0"]);
    const cycles = clientOf(await dev.exports());
    dev.stopReading();
    await cycles.getBalances({ tenant: "acme" }).catch(() => undefined);
    const { code, stderr } = await dev.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("makes a key for each tenant, and prints it", async () => {
    const dev = cli(["dev", "-p", "0", "-b", "tenant:acme=1usd", "tenant:umbrella=2usd"]);
    expect(await dev.exports()).toMatchObject({ CYCLES_TENANT: "acme" });
    expect(await dev.line(/^# for umbrella/)).toMatch(/export CYCLES_API_KEY=cyc_live_\w+;/);
  });
});

describe("a usage error prints one line on standard error, and exits with 2", () => {
  it.each([
    ["no command", [], "Usage: cycles-client"],
    ["an unknown command", ["dve"], "Did you mean dev?"],
    ["an unknown option", ["dev", "--prot", "1"], "Did you mean --port?"],
    ["a port beyond the last", ["dev", "--port", "65536"], "from 0 to 65535"],
    ["a port that is not a number", ["dev", "--port", "http"], "from 0 to 65535"],
    ["a budget without an amount", ["dev", "-b", "tenant:acme"], "is not a budget"],
    ["a scope in capitals", ["dev", "-b", "Tenant:acme=5usd"], "is not a scope"],
    ["no tenant", ["dev", "-b", "agent:bot=5usd"], "No budget names a tenant"],
    ["one unit twice", ["dev", "-b", "tenant:a=5usd", "-b", "tenant:a=1usd"], "two budgets"],
    ["a missing file", ["dev", "-c", "nowhere.json"], "nowhere.json: there is no such file"],
    ["a folder", ["dev", "-c", "."], "it is a folder"],
  ])("%s", async (_what, args, message) => {
    const { code, stdout, stderr } = await cli(args).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    expect(stderr).toContain(message);
    if (args.length > 0) expect(stderr).toMatch(/^cycles-client: [^\n]+\n$/);
  });

  it("malformed JSON", async () => {
    const path = join(folder, "broken.json");
    await writeFile(path, '{\n  "budgets": }\n');
    const { code, stderr } = await cli(["dev", "--config", path]).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^cycles-client: [^\n]+broken\.json is not valid JSON: [^\n]+\n$/);
  });

  it("a port in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await cli(["dev", "--port", String(port)]).ended;
    server.close();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^cycles-client: [^\n]+EADDRINUSE[^\n]+ --port[^\n]+\n$/);
  });
});
