import type { CyclesClient } from "cycles-client";
import { microcents } from "cycles-client";
import type { MeterOptions, PricedCall } from "cycles-client/llm";
import { expect, onTestFinished, vi } from "vitest";
import { openProvider } from "../../../examples/provider/server.mjs";
import { budgeted, type RequestName } from "../../support/budgeted.js";

export type Provider = Awaited<ReturnType<typeof openProvider>>;
type Bill = Provider["billed"];

/** What an SDK is opened with. */
export interface Setting {
  readonly provider: Provider;
  readonly cycles: CyclesClient;
  readonly options: MeterOptions;
}

/** Prices in microcents that tell the kinds of tokens apart. */
const PRICE = { input: 5, cached: 1, cacheWritten: 6, output: 20 };

/** A provider, an authority with one budget, and how calls are metered. */
export async function scene(budget = "1.00", meter: MeterOptions = {}) {
  const provider = await openProvider();
  onTestFinished(provider.close);
  const { client, clock, authority, sent, spent, reserved, notices } = budgeted({ budget });
  const setting: Setting = { provider, cycles: client, options: { price, clock, ...meter } };
  const count = (name: RequestName) => sent(name).length;
  return {
    setting,
    provider,
    clock,
    authority,
    notices,
    /** How many requests the authority received. */
    requests: () => ({
      reserves: count("reservations"),
      commits: count("commit"),
      releases: count("release"),
    }),
    /** Returns what the ledger says was spent, once nothing is reserved. */
    async settled(): Promise<number | undefined> {
      await vi.waitFor(
        () => {
          expect(count("commit") + count("release")).toBe(count("reservations"));
          expect(reserved()).toBe(0);
        },
        { interval: 1, timeout: 10_000 },
      );
      return spent();
    },
    /** The metadata of the last commit. */
    sent,
    marks: (): unknown => JSON.parse(sent("commit").at(-1)?.body ?? "{}").metadata,
    /** The amount that the last reservation holds. */
    estimate(): number {
      const { estimate } = JSON.parse(sent("reservations").at(-1)?.body ?? "{}");
      return Number(estimate.amount);
    },
  };
}

/** What a bill costs. */
export function cost({ input, cached, cacheWritten, output }: Bill): number {
  return (
    (input - cached - cacheWritten) * PRICE.input +
    cached * PRICE.cached +
    cacheWritten * PRICE.cacheWritten +
    output * PRICE.output
  );
}

function price({ usage }: PricedCall) {
  const { inputTokens, outputTokens, cachedTokens = 0, cacheWriteTokens = 0 } = usage;
  const bill = { input: inputTokens, cached: cachedTokens, cacheWritten: cacheWriteTokens };
  return microcents(cost({ ...bill, output: outputTokens, reasoning: 0 }));
}
