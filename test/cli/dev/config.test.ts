import { tokens, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/cli/dev/config.js";

const read = (config: unknown) => parseConfig("cycles.json", JSON.stringify(config));

describe("a configuration file", () => {
  it("holds the options of the authority, with amounts as text or as on the wire", () => {
    const config = {
      budgets: {
        "tenant:acme": ["5usd", { unit: "TOKENS", amount: 7 }],
        "tenant:acme/agent:bot": {
          allocated: "1usd",
          overdraft_limit: "0.5usd",
          debt: "0.1usd",
          status: "FROZEN",
          caps: { max_tokens: 5, tool_denylist: ["shell"] },
        },
      },
      apiKeys: { cyc_live_x: "acme" },
      adminKey: "admin",
      maxExtensions: 3,
      maxTtlMs: 1_000,
      maxLeadMs: 2_000,
      reportRemainingTtl: false,
    };
    expect(read(config)).toEqual({
      ...config,
      budgets: {
        "tenant:acme": [usd("5"), tokens(7)],
        "tenant:acme/agent:bot": {
          ...config.budgets["tenant:acme/agent:bot"],
          allocated: usd("1"),
          overdraft_limit: usd("0.5"),
          debt: usd("0.1"),
        },
      },
    });
  });

  it.each<[unknown, string]>([
    [[], "cycles.json must be an object, not a list"],
    [null, "cycles.json must be an object, not null"],
    [{ budget: {} }, '"budget" is not an option; did you mean "budgets"?'],
    [{ maxTTL: 1 }, 'did you mean "maxTtlMs"?'],
    [{ clock: {} }, '"clock" is not an option; use one of budgets, apiKeys'],
    [JSON.parse('{"__proto__":1}'), '"__proto__" is not an option'],
    [{ maxTtlMs: "1000" }, 'maxTtlMs must be a number, not "1000"'],
    [{ reportRemainingTtl: 1 }, "reportRemainingTtl must be true or false, not 1"],
    [{ adminKey: null }, "adminKey must be text, not null"],
    [{ apiKeys: { k: {} } }, 'apiKeys["k"] must be text, not an object'],
    [{ budgets: { "tenant:a": 5 } }, 'budgets["tenant:a"] must be an object, not 5'],
    [{ budgets: { "tenant:a": "5eur" } }, 'budgets["tenant:a"]: "eur" is not a unit'],
    [{ budgets: { "tenant:a": { unit: "TOKENS" } } }, "needs a unit and an amount"],
    [{ budgets: { "tenant:a": { unit: "EUR", amount: 1 } } }, "unit must be one of USD_MICROCENTS"],
    [{ budgets: { "tenant:a": [{ unit: "TOKENS", amount: 0.5 }] } }, "must be a whole number"],
    [{ budgets: { "tenant:a": {} } }, "allocated is missing"],
    [{ budgets: { "tenant:a": { allocted: "5usd" } } }, 'did you mean "allocated"?'],
    [{ budgets: { "tenant:a": { allocated: "5usd", status: "OPEN" } } }, "one of ACTIVE"],
    [
      { budgets: { "tenant:a": { allocated: "5usd", caps: { max_token: 5 } } } },
      'caps: "max_token" is not an option; did you mean "max_tokens"?',
    ],
    [
      { budgets: { "tenant:a": { allocated: "5usd", caps: { max_tokens: "5" } } } },
      'budgets["tenant:a"]: caps: max_tokens: must be integer',
    ],
  ])("%j is refused", (config, message) => {
    expect(() => read(config)).toThrow(message);
  });

  it("that is not JSON is named", () => {
    expect(() => parseConfig("cycles.json", "budgets: 5")).toThrow(/^cycles\.json is not JSON: /);
  });
});
