import { type Amount, credits, microcents, riskPoints, tokens, usd } from "cycles-client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brief, exact, parseAmount } from "../../../src/cli/dev/amount-text.js";
import { parseBudget } from "../../../src/cli/dev/amount-text.js";

describe("an amount as it is typed", () => {
  it.each<[string, Amount]>([
    ["5.00usd", usd("5.00")],
    ["0.00000001usd", microcents(1)],
    ["5USD", usd("5")],
    ["12microcents", microcents(12)],
    ["5000tokens", tokens(5_000)],
    ["100credits", credits(100)],
    ["50points", riskPoints(50)],
    ["0tokens", tokens(0)],
  ])("%s", (text, amount) => {
    expect(parseAmount("--budget", text)).toEqual(amount);
  });

  it.each([
    ["", "is not an amount"],
    ["5", "is not an amount"],
    ["usd", "is not an amount"],
    ["-5usd", "is not an amount"],
    ["$5", "is not an amount"],
    ["1,000tokens", "is not an amount"],
    ["5 usd", "is not an amount"],
    ["1e3tokens", "is not an amount"],
    ["5tokns", 'did you mean "tokens"?'],
    ["5usdollars", "use one of usd, microcents, tokens, credits, points"],
    ["5constructor", "is not a unit"],
    ["5.5tokens", "must be a whole number"],
    ["0.000000001usd", "finer than one microcent"],
    ["9007199254740992tokens", "2^53"],
  ])("%j is refused: %s", (text, message) => {
    expect(() => parseAmount("--budget tenant:acme", text)).toThrow(message);
    expect(() => parseAmount("--budget tenant:acme", text)).toThrow(/^--budget tenant:acme: /);
  });

  it("of any size is read as the constructor would read it", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (count) => {
        expect(parseAmount("", `${count}tokens`)).toEqual(tokens(count));
        expect(parseAmount("", `${count}microcents`)).toEqual(microcents(count));
      }),
    );
  });
});

describe("a budget as it is typed", () => {
  it.each([
    ["tenant:acme=5usd", { scope: "tenant:acme", amounts: [usd("5")] }],
    [
      "tenant:acme/agent:bot=1usd,5000tokens",
      { scope: "tenant:acme/agent:bot", amounts: [usd("1"), tokens(5_000)] },
    ],
  ])("%s", (text, budget) => {
    expect(parseBudget(text)).toEqual(budget);
  });

  it.each([
    ["", "--budget"],
    ["tenant:acme", "--budget"],
    ["=5usd", "--budget"],
    ["tenant:acme=", "--budget"],
    ["tenant:acme=5usd,", "--budget tenant:acme"],
    ["tenant:acme=5usd=6usd", "--budget tenant:acme"],
  ])("%j is refused", (text, where) => {
    expect(() => parseBudget(text)).toThrow(`${where}: `);
  });
});

describe("an amount on the screen", () => {
  it.each<[Amount, string, string]>([
    [usd("5"), "$5.00", "$5.00"],
    [usd("4.98680001"), "$4.98680001", "$4.9868"],
    [usd("4.98689999"), "$4.98689999", "$4.9868"],
    [usd("0.00000001"), "$0.00000001", "<$0.0001"],
    [usd("12345.678901"), "$12,345.678901", "$12.3K"],
    [usd("999.98765432"), "$999.98765432", "$999.9876"],
    [usd("90071992.54740991"), "$90,071,992.54740991", "$90.1M"],
    [{ unit: "USD_MICROCENTS", amount: -150_000_000 }, "-$1.50", "-$1.50"],
    [tokens(1_234), "1,234 tok", "1,234 tok"],
    [tokens(12_345_678), "12,345,678 tok", "12.3M tok"],
    [credits(12), "12 cr", "12 cr"],
    [riskPoints(50), "50 pts", "50 pts"],
  ])("%j", (amount, whole, short) => {
    expect(exact(amount)).toBe(whole);
    expect(brief(amount, 9)).toBe(short);
  });

  it("is read back from its exact text", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (count) => {
        const text = exact(microcents(count)).replace(/[$,]/g, "");
        expect(usd(text)).toEqual(microcents(count));
      }),
    );
  });
});
