import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");

const strict = {
  target: "es2022",
  lib: ["es2022"],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
};

const nodenext = { module: "nodenext", moduleResolution: "nodenext" };
const bundler = { module: "esnext", moduleResolution: "bundler" };
const settings = [
  { ...nodenext, exactOptionalPropertyTypes: true },
  { ...nodenext, exactOptionalPropertyTypes: false },
  { ...bundler, exactOptionalPropertyTypes: true },
  { ...bundler, exactOptionalPropertyTypes: false },
];

const program = `
import {
  add, type Amount, BudgetDeniedError, type ClientOptions, createRawClient, CyclesApiError, CyclesClient,
  type Guard, isCyclesError, type Notice, perMillion, tokens, usd,
} from "cycles-client";

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
import { CyclesClient, usd } from "cycles-client";
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
void cycles.createReservation({ ...request, signal: AbortSignal.abort() });
`;

let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "cycles-consumer-"));
  await mkdir(join(project, "node_modules"));
  await symlink(root, join(project, "node_modules/cycles-client"), "dir");
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
  await writeFile(join(project, "program.ts"), program);
  await writeFile(join(project, "mistakes.ts"), mistakes);
});

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
});

async function errors(setting: object): Promise<string> {
  const compilerOptions = { ...strict, ...setting };
  const files = ["program.ts", "mistakes.ts"];
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  return promisify(execFile)(process.execPath, [tsc, "-p", project]).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

describe("a consumer with lib es2022, no Node types and every library checked", () => {
  it.each(settings)("compiles correct code and finds every mistake: %o", async (setting) => {
    expect(await errors(setting)).toBe("");
  });
});
