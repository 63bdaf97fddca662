import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const strict = {
  target: "es2022",
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
};

interface Setting {
  readonly module: string;
  readonly [option: string]: unknown;
}

const nodenext = { module: "nodenext", moduleResolution: "nodenext" };
const bundler = { module: "esnext", moduleResolution: "bundler" };
const settings = [
  { ...nodenext, exactOptionalPropertyTypes: true },
  { ...nodenext, exactOptionalPropertyTypes: false },
  { ...bundler, exactOptionalPropertyTypes: true },
  { ...bundler, exactOptionalPropertyTypes: false },
];

const node = { lib: ["es2022"], types: ["node"] };
const browser = { lib: ["es2022", "dom", "dom.iterable"], types: [] };
const bare = { lib: ["es2022"], types: [] };

const program = `
import {
  add, type Amount, BudgetDeniedError, type ClientOptions, createRawClient, CyclesApiError, CyclesClient,
  type Guard, isCyclesError, type Notice, perMillion, tokens, usd,
} from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";

export const local = new CyclesClient(
  new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") } }).clientOptions("acme"),
);

const options: ClientOptions = { baseUrl: "http://127.0.0.1:7878", subject: { tenant: "acme", agent: null } };
export const cycles = new CyclesClient({ ...options, onNotice: (notice: Notice) => notice.type });

export async function work(guard: Guard): Promise<string> {
  guard.setActual(add(perMillion("0.60", 12), usd("0.1")), { metrics: { tokens_input: 12 } });
  return guard.id;
}

export async function summary(): Promise<string> {
  const request = { action: { kind: "llm.completion", name: "m" }, estimate: usd("0.02") };
  try {
    return await cycles.run(request, work, { onDenied: (error) => error.code });
  } catch (error) {
    if (error instanceof BudgetDeniedError) return error.scopes.join();
    if (isCyclesError(error, "BUDGET_EXCEEDED")) { const code: "BUDGET_EXCEEDED" = error.code; return code; }
    if (error instanceof CyclesApiError) return String(error.requestId);
    throw error;
  }
}

export const shout = cycles.wrap(
  (text: string) => ({ action: { kind: "tool.shout", name: "shout" }, estimate: tokens(text.length) }),
  (_guard, text: string) => text.toUpperCase(),
  { actual: (result, text) => tokens(result.length + text.length) },
);

export async function guarded(): Promise<Amount | undefined> {
  const guard = await cycles.reserve({ action: { kind: "a.b", name: "c" }, estimate: tokens(1) });
  const settlement = await guard.commit(tokens(1));
  return settlement.state === "committed" ? settlement.charged : undefined;
}

export async function listing(): Promise<number> {
  let count = 0;
  for await (const row of cycles.listReservations({ status: "ACTIVE" })) count += row.reserved.amount;
  const { data, inexact } = await cycles.getBalances({ tenant: "acme" }).withResponse();
  return count + data.balances.length + inexact.length;
}

export async function raw(): Promise<string | undefined> {
  const client = createRawClient(options);
  const { data, error } = await client.GET("/v1/reservations/{reservation_id}", {
    params: { path: { reservation_id: "r" } },
  });
  const { response } = await cycles.raw.GET("/v1/balances", { params: { query: { tenant: "acme" } } });
  return data?.status ?? error?.message ?? String(response.status);
}
`;

const mistakes = `
import { CyclesClient, isCyclesError, usd } from "cycles-client";
const cycles = new CyclesClient();
const request = { action: { kind: "a.b", name: "c" }, estimate: usd("1") };
// @ts-expect-error dollars are text
usd(0.1);
// @ts-expect-error an estimate is an amount
void cycles.run({ ...request, estimate: 1 }, () => 1);
// @ts-expect-error the unit is one of the protocol's
void cycles.decide({ ...request, estimate: { unit: "EUR", amount: 1 } });
// @ts-expect-error a field that the protocol does not have
void cycles.createReservation({ ...request, ttl: 1000 });
// @ts-expect-error a response has no such field
void cycles.getReservation("r").then((response) => response.nonsense);
// @ts-expect-error no such path
void cycles.raw.GET("/v1/nowhere");
// @ts-expect-error an action is required
void cycles.reserve({ estimate: usd("1") });
// @ts-expect-error a guard has to hold something
void cycles.reserve({ ...request, dry_run: true });
// @ts-expect-error an actual is an amount, not text
void cycles.reserve(request).then((guard) => guard.commit("0.10"));
// @ts-expect-error options are a second argument
void cycles.createReservation({ ...request, timeout: 1000 });
// @ts-expect-error a code is text
isCyclesError(new Error("no"), 409);
// @ts-expect-error a guard is what reserve resolves to
new CyclesClient().reserve(request).then((guard) => guard.abandon());
`;

/** A program for a runtime with the web's globals. */
const web = `
import { type CallOptions, CyclesClient, type Fetch, type RawMiddleware, tokens } from "cycles-client";
import { EmbeddedCycles, type EmbeddedFetch } from "cycles-client/embedded";

const platform: Fetch = (url, init) => fetch(url, init);
const logged: Fetch = async (url, init) => {
  const response: Response = await fetch(url, init);
  return new Response(await response.text(), { status: response.status });
};
const authority = new EmbeddedCycles({ budgets: { "tenant:acme": tokens(10) } });
const embedded: EmbeddedFetch = authority.fetch;
export const clients = [fetch, platform, logged, embedded].map((fetch) => new CyclesClient({ fetch }));

const log: RawMiddleware = {
  onRequest: ({ request }) => new Request(request, { headers: { "X-Mine": "1" } }),
  onResponse: ({ response }) => response.headers.get("X-Request-Id") === null ? undefined : response,
};

export async function raw(client: CyclesClient, { signal }: CallOptions): Promise<number> {
  client.raw.use(log);
  const query = { tenant: "acme" };
  const { data } = await client.raw.GET("/v1/balances", { params: { query }, parseAs: "stream" });
  const reader = data?.getReader();
  const bytes: Uint8Array | undefined = (await reader?.read())?.value;
  const once = signal === undefined ? {} : { signal };
  const { response } = await client.raw.GET("/v1/balances", { params: { query }, ...once });
  return response.status + (bytes?.length ?? 0);
}

export async function guarded(client: CyclesClient, signal: AbortSignal): Promise<boolean> {
  const request = { action: { kind: "a.b", name: "c" }, estimate: tokens(1) };
  await using guard = await client.reserve(request, { signal });
  const response = await fetch("https://model.example", { signal: guard.signal });
  return response.ok;
}
`;

/** What a program of Node's own does: it reads a body by chunks, and knows no page. */
const nodeOnly = `
export {};
import { CyclesClient } from "cycles-client";
export const cycles = new CyclesClient();
const response = await fetch("https://model.example");
if (response.body) for await (const chunk of response.body) process.stdout.write(chunk);
// @ts-expect-error the package brings no page with it
document.title = "no";
`;

const common = `
import cycles = require("cycles-client");
const client = new cycles.CyclesClient();
export const guard: Promise<cycles.Guard> = client.reserve({
  action: { kind: "a.b", name: "c" },
  estimate: cycles.tokens(1),
});
`;

let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "cycles-consumer-"));
  await mkdir(join(project, "node_modules"));
  await mkdir(join(project, "node_modules/@types"));
  await symlink(root, join(project, "node_modules/cycles-client"), "dir");
  await symlink(
    join(root, "node_modules/@types/node"),
    join(project, "node_modules/@types/node"),
    "dir",
  );
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
  await writeFile(join(project, "program.ts"), program);
  await writeFile(join(project, "mistakes.ts"), mistakes);
  await writeFile(join(project, "web.ts"), web);
  await writeFile(join(project, "node-only.ts"), nodeOnly);
  await writeFile(join(project, "common.cts"), common);
});

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
});

/** Parsed libraries, by the module system in which they were parsed. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function errors(setting: Setting, names: readonly string[]): string {
  const { options } = ts.convertCompilerOptionsFromJson({ ...strict, ...setting }, project);
  const host = ts.createCompilerHost(options);
  host.getCurrentDirectory = () => project;
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (name, settings, ...rest) => {
    const key = `${setting.module}:${name}`;
    if (!parsed.has(key)) parsed.set(key, parse(name, settings, ...rest));
    return parsed.get(key);
  };
  const files = names.map((name) => join(project, name));
  const program = ts.createProgram(files, options, host);
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host);
}

const everywhere = ["program.ts", "mistakes.ts"];

// Every library is checked, which takes seconds.
describe("a consumer with every library checked", { timeout: 60_000 }, () => {
  it("compiles what is right, and is told what is wrong, with Node's types only", () => {
    const files = [...everywhere, "web.ts", "node-only.ts", "common.cts"];
    expect(errors({ ...node, ...nodenext, exactOptionalPropertyTypes: true }, files)).toBe("");
  });

  it("compiles them with the types of a browser only", () => {
    const files = [...everywhere, "web.ts"];
    expect(errors({ ...browser, ...bundler, exactOptionalPropertyTypes: true }, files)).toBe("");
  });

  it("compiles them with both", () => {
    const both = { lib: browser.lib, types: node.types };
    expect(errors({ ...both, ...nodenext }, [...everywhere, "web.ts"])).toBe("");
  });

  it.each(settings)("compiles them without the types of any runtime: %o", (setting) => {
    expect(errors({ ...bare, ...setting }, everywhere)).toBe("");
  });
});
