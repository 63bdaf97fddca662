import { tokens, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/cli/dev/config.js";
import { embeddedOptions } from "../../../src/cli/dev/options.js";
import { UsageError } from "../../../src/cli/terminal.js";

const read = (config: unknown) => parseConfig("cycles.json", JSON.stringify(config));

describe("a configuration file", () => {
  it("contains options of the authority, with amounts as text or as objects", () => {
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
    [{ maxTtlMs: "1000" }, "maxTtlMs must be a number, not text"],
    [{ reportRemainingTtl: 1 }, "reportRemainingTtl must be true or false, not a number"],
    [{ adminKey: null }, "adminKey must be text, not null"],
    [{ apiKeys: { k: {} } }, "apiKeys: the tenant of key 1 must be text, not an object"],
    [{ budgets: { "tenant:a": 5 } }, 'budgets["tenant:a"] must be an object, not a number'],
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

  it("that is not JSON is named in the error", () => {
    expect(() => parseConfig("cycles.json", "budgets: 5")).toThrow(
      "cycles.json is not valid JSON: see line 1, column 1",
    );
  });

  it.each([
    ['{\n  "apiKeys": { "cyc_live_secret": "acme", }\n}', 2, 43],
    ['{ "adminKey": "cyc_live_secret\n" }', 1, 15],
    ['{ "apiKeys": { cyc_live_secret: "acme" } }', 1, 16],
    ['{ "a": [1, 2.5e3, -0, true, "\\u00e9", [], {}] "cyc_live_secret": 1 }', 1, 47],
    ['{ "adminKey": "cyc_live_secret"', 1, 32],
    ['[{ "cyc_live_secret": 01 }]', 1, 23],
    ['{ "cyc_live_secret" "acme" }', 1, 21],
    ["{} cyc_live_secret", 1, 4],
    ['[{ "cyc_live_secret": [] ]', 1, 26],
    ["", 1, 1],
  ])("that is not JSON is not quoted: %j", (json, line, column) => {
    expect(() => parseConfig("cycles.json", json)).toThrow(
      new UsageError(`cycles.json is not valid JSON: see line ${line}, column ${column}`),
    );
  });

  it.each([
    { adminKey: { cyc_live_secret: 1 } },
    { adminKey: ["cyc_live_secret"] },
    { apiKeys: "cyc_live_secret" },
    { apiKeys: ["cyc_live_secret"] },
    { apiKeys: { cyc_live_secret: 5 } },
    { apiKeys: { cyc_live_secret: "not a tenant" } },
    { apiKeys: { "cyc_live_secret with a space": "acme" } },
    { apiKeys: { acme: "cyc_live_secret with a space" } },
    { adminKey: "cyc_live_secret with a space" },
    { cyc_live_secret: "acme" },
    { maxTtlMs: "cyc_live_secret" },
    { cors: "cyc_live_secret" },
    { rules: "cyc_live_secret" },
  ])("with a mistake is refused without its keys: %j", (config) => {
    const start = () => new EmbeddedCycles({ budgets: {}, ...read(config) });
    expect(start).toThrow();
    expect(start).not.toThrow("cyc_live_secret");
  });

  it("sets limits for an authority that runs for a long time, which the file can change", async () => {
    expect(await embeddedOptions([], undefined)).toMatchObject({
      retentionMs: 86_400_000,
      keepEnded: 100_000,
      keepRequests: 0,
    });
    const bounds = { retentionMs: 5, keepEnded: 6, keepRequests: 7, keepRequestBytes: 8 };
    expect(read(bounds)).toEqual(bounds);
  });

  it("allows host names and origins", () => {
    const config = { hosts: ["host.docker.internal"], cors: ["http://localhost:3000"] };
    expect(read(config)).toEqual(config);
    expect(read({ cors: true })).toEqual({ cors: true });
    expect(() => read({ hosts: "x" })).toThrow("hosts must be a list, not text");
  });

  it("turns signed evidence on, or describes its keys", () => {
    expect(read({ evidence: true })).toEqual({ evidence: true });
    const retired = {
      ...{ kty: "OKP", crv: "Ed25519", x: "a", kid: "old" },
      ...{ cycles_nbf_ms: 0, cycles_exp_ms: 9 },
    };
    const evidence = { kid: "new", serverId: "https://a.example/v1", retiredKeys: [retired] };
    expect(read({ evidence })).toEqual({ evidence });
    expect(() => read({ evidence: 1 })).toThrow("evidence must be an object, not a number");
    expect(() => read({ evidence: { retiredKeys: 1 } })).toThrow("retiredKeys: keys");
    expect(() => read({ evidence: { kib: "1" } })).toThrow('"kib" is not an option');
  });
});

describe("an API key in the wrong place", () => {
  const key = "cyc_live_b1946ac92492d2347c6235b4d2611184";

  it.each([
    ["as a tenant", { apiKeys: { acme: key } }],
    ["as an invalid tenant", { apiKeys: { acme: `${key}=` } }],
    ["as an option", { [key]: "acme" }],
    ["as a scope", { budgets: { [key]: "5.00usd" } }],
    ["in a scope", { budgets: { [`tenant:${key}`]: "5.00usd" } }],
    ["as an amount", { budgets: { "tenant:acme": { allocated: key } } }],
    ["as a host", { hosts: [`${key}/`] }],
    ["as an origin", { cors: [key] }],
  ])("%s is refused and not quoted", (_, config) => {
    const parse = () => parseConfig("cycles.json", JSON.stringify(config));
    expect(parse).toThrow("cycles.json: an API key is in the wrong place");
    expect(parse).not.toThrow(key);
  });

  it("is none if it is in apiKeys or adminKey", () => {
    const config = { apiKeys: { [key]: "acme" }, adminKey: key };
    expect(parseConfig("cycles.json", JSON.stringify(config))).toEqual(config);
  });
});
