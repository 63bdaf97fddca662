import { type Command, InvalidArgumentError } from "commander";
import { painter } from "../layout.js";
import { type Output, type Terminal } from "../terminal.js";
import { jsonReport } from "./json-report.js";
import { embeddedOptions } from "./options.js";
import { serve } from "./serve.js";
import { textReport } from "./text-report.js";

const DEFAULT_PORT = 7878;

const HELP = `
A budget is SCOPE=AMOUNT, with an amount for each unit, separated by commas:
  tenant:acme=5.00usd
  tenant:acme/agent:bot=1.00usd,5000tokens
Units are usd (decimals allowed), microcents, tokens, credits and points.
Without any budget there is tenant:acme=5.00usd.

The configuration file holds the options of EmbeddedCycles as JSON: budgets,
apiKeys, adminKey, maxExtensions, maxTtlMs, maxLeadMs, reportRemainingTtl.
Amounts are as above, or as on the wire. Overdraft limits and caps go there:
  { "budgets": { "tenant:acme":
      { "allocated": "5.00usd", "caps": { "max_tokens": 500 } } } }

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

/** `cycles-client dev`: the embedded authority behind a port of this machine. */
export function addDev(
  program: Command,
  { output, stopRequested }: Pick<Terminal, "stopRequested"> & { readonly output: Output },
): void {
  program
    .command("dev")
    .summary("serve a budget authority on this machine")
    .description(
      "Serve a budget authority on the loopback interface of this machine, for development: " +
        "print what to export for a client, then a line for each operation, until Ctrl-C.",
    )
    .option("-p, --port <port>", "the port; 0 takes a free one", parsePort, DEFAULT_PORT)
    .option("-b, --budget <budgets...>", "what a scope may spend")
    .option("-c, --config <file>", "the authority's options in a JSON file")
    .option("--json", "one JSON object a line, for machines")
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
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}
