import { setTimeout } from "node:timers/promises";
import { describe, it } from "vitest";
import { behavesAsTheProtocolSays } from "./suite.js";

const { CYCLES_BASE_URL: baseUrl, CYCLES_API_KEY: apiKey, CYCLES_TENANT: tenant } = process.env;

if (baseUrl && apiKey && tenant) {
  describe(`the server at ${baseUrl}`, () => {
    behavesAsTheProtocolSays(() => ({
      baseUrl,
      apiKey,
      tenant,
      overdraftAgent: process.env["CYCLES_LIVE_OVERDRAFT_AGENT"],
      cappedAgent: process.env["CYCLES_LIVE_CAPPED_AGENT"],
      wait: (ms) => setTimeout(ms),
    }));
  });
} else {
  it.skip("needs CYCLES_BASE_URL, CYCLES_API_KEY and CYCLES_TENANT, and a budget in USD_MICROCENTS", () => {});
}
