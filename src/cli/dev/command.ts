import { type Command, InvalidArgumentError } from "commander";
import { painter } from "../layout.js";
import type { Output, Terminal } from "../terminal.js";
import { embeddedOptions } from "./options.js";
import { jsonReport } from "./report.js";
import { serve } from "./serve.js";
import { textReport } from "./text-report.js";

const DEFAULT_PORT = 7878;

const HELP = `
A budget is SCOPE=AMOUNT. Separate amounts in several units with commas:
  tenant:acme=5.00usd
  tenant:acme/agent:bot=1.00usd,5000tokens
The units are usd (with decimals), microcents, tokens, credits and points.
The default budget is tenant:acme=5.00usd.

The configuration file contains options of EmbeddedCycles as JSON: budgets,
apiKeys, adminKey, rules, maxExtensions, maxTtlMs, maxLeadMs,
reportRemainingTtl, rateLimit, retentionMs, keepEnded, keepRequests,
keepRequestBytes, cors, hosts, evidence. An amount is text as above, or an
object of the protocol. Only the file can set overdraft limits and caps:
  { "budgets": { "tenant:acme":
      { "allocated": "5.00usd", "caps": { "max_tokens": 500 } } } }

Ended reservations and idempotency keys are kept for 24 hours (retentionMs), and
at most 100,000 of them (keepEnded). Requests are not kept (keepRequests is 0).
Web pages may call only if cors is true or lists their origin, and Host must be
127.0.0.1, localhost, [::1] or in hosts.
With { "evidence": true }, responses refer to signed evidence (cycles_evidence).

Examples:
  $ cycles-client dev
  $ cycles-client dev --port 0 --budget tenant:acme=1usd tenant:umbrella=20usd
  $ cycles-client dev --config cycles.json --json | jq .`;

interface DevOptions {
  readonly port: number;
  readonly budget?: readonly string[];
  readonly config?: string;
  readonly json?: boolean;
}

/** `cycles-client dev`: serves the embedded authority on a port of this machine. */
export function addDev(
  program: Command,
  { output, stopRequested }: Pick<Terminal, "stopRequested"> & { readonly output: Output },
): void {
  program
    .command("dev")
    .summary("serve a budget authority on this machine")
    .description(
      "Serve a budget authority on the loopback interface of this machine, for development. " +
        "Print the variables for a client, then a line for each request, until Ctrl-C.",
    )
    .option("-p, --port <port>", "the port; 0 selects a free port", parsePort, DEFAULT_PORT)
    .option("-b, --budget <budgets...>", "the budgets of scopes")
    .option("-c, --config <file>", "a JSON file with options of the authority")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", HELP)
    .action(async ({ port, budget = [], config, json = false }: DevOptions) => {
      const stop = stopRequested();
      const options = await embeddedOptions(budget, config);
      const report = json
        ? jsonReport
        : textReport(painter(output.isColoured), () => output.columns);
      await serve(options, port, report, { output, stop });
    });
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError("Use a whole number from 0 to 65535.");
}
