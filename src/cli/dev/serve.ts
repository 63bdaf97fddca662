import { EmbeddedCycles, type EmbeddedOptions, type EmbeddedServer } from "../../embedded/index.js";
import { isCyclesError } from "../../errors.js";
import { type Output, UsageError } from "../terminal.js";
import { type Access, accessOf } from "./access.js";
import type { DevReport } from "./report.js";

/** Serves an authority until it is stopped, or until standard output is closed. */
export async function serve(
  options: EmbeddedOptions,
  port: number,
  report: DevReport,
  { output, stop }: { readonly output: Output; readonly stop: AbortSignal },
): Promise<void> {
  const print = (lines: readonly string[]) => {
    output.write(lines.map((line) => `${line}\n`).join(""));
  };
  let skipped = 0;
  const authority: EmbeddedCycles = new EmbeddedCycles({
    ...options,
    onResponse: (exchange) => {
      if (output.isBehind) {
        skipped += 1;
        return;
      }
      if (skipped > 0) print(report.skipped(skipped));
      skipped = 0;
      const balances = exchange.scopes.flatMap((scope) => authority.balances(scope));
      print(report.exchanged(exchange, balances));
    },
  });
  const tenants = tenantsToServe(authority);
  const server = await listen(authority, port);
  try {
    const access = (tenant: string): Access => accessOf(server, tenant);
    print(report.opened(tenants, access, authority.balances()));
    await aborted(AbortSignal.any([stop, output.closed]));
  } finally {
    await server.close();
  }
  print(report.closed(authority.balances()));
}

/** All tenants, those with a budget first. */
function tenantsToServe(authority: EmbeddedCycles): readonly [string, ...string[]] {
  const scopes = new Set(authority.balances().map(({ scope_path }) => scope_path));
  const hasBudget = (tenant: string) => scopes.has(`tenant:${tenant.toLowerCase()}`);
  const [first, ...others] = [
    ...authority.tenants.filter(hasBudget),
    ...authority.tenants.filter((tenant) => !hasBudget(tenant)),
  ];
  if (first === undefined) {
    throw new UsageError(
      "No budget names a tenant, so there is no API key. Add one, such as --budget tenant:acme=5.00usd",
    );
  }
  return [first, ...others];
}

async function listen(authority: EmbeddedCycles, port: number): Promise<EmbeddedServer> {
  try {
    return await authority.listen(port);
  } catch (error) {
    if (!isCyclesError(error)) throw error;
    throw new UsageError(
      `${error.message}. Choose another port with --port; 0 selects a free port`,
    );
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
}
