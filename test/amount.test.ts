import {
  add,
  type Amount,
  credits,
  CyclesValidationError,
  format,
  microcents,
  perMillion,
  riskPoints,
  tokens,
  type Unit,
  usd,
} from "cycles-client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const LARGEST = Number.MAX_SAFE_INTEGER;

describe("usd", () => {
  it.each([
    ["0", 0],
    ["0.1", 10_000_000],
    ["0.02", 2_000_000],
    ["1", 100_000_000],
    ["0.00000001", 1],
    ["0.100000000000", 10_000_000],
    ["007.50", 750_000_000],
    ["90071992.54740991", LARGEST],
  ])("reads %s dollars exactly", (text, amount) => {
    expect(usd(text)).toEqual({ unit: "USD_MICROCENTS", amount });
  });

  it.each([
    ["0.000000001", "finer than one microcent"],
    ["-1", "plain decimal text"],
    ["1e3", "plain decimal text"],
    ["1,000", "plain decimal text"],
    ["$1", "plain decimal text"],
    [".5", "plain decimal text"],
    ["1.", "plain decimal text"],
    ["", "plain decimal text"],
    [" 1", "plain decimal text"],
    ["1\n", "plain decimal text"],
    ["NaN", "plain decimal text"],
    ["90071992.54740992", "beyond 2^53"],
  ])("refuses %j", (text, why) => {
    expect(() => usd(text)).toThrow(CyclesValidationError);
    expect(() => usd(text)).toThrow(why);
  });

  it("refuses a number, because floating-point numbers are not exact", () => {
    expect(() => usd(0.1 as unknown as string)).toThrow(/usd takes plain decimal text.*not 0\.1/);
    for (const value of [undefined, null, Symbol("1"), 1n, {}, Object.create(null)])
      expect(() => usd(value as string)).toThrow(CyclesValidationError);
  });

  it.each([
    ["zeros and a 1", `0.${"0".repeat(100_000)}1`],
    ["nines", "9".repeat(100_000)],
    ["letters", "x".repeat(100_000)],
  ])("refuses 100,000 %s in linear time, with a short error message", (_name, text) => {
    for (let round = 0; round < 20; round += 1) {
      for (const read of [usd, (price: string) => perMillion(price, 1_000_000)]) {
        expect(() => read(text)).toThrow(CyclesValidationError);
        expect(() => read(text)).not.toThrow(/.{300}/);
      }
    }
  });

  it("skips 100,000 zeros before and after a number in linear time", () => {
    const zeros = "0".repeat(100_000);
    for (let round = 0; round < 20; round += 1) {
      expect(usd(`${zeros}1.5${zeros}`)).toEqual(usd("1.5"));
    }
  });

  it("parses what format returns", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LARGEST }), (amount) => {
        expect(usd(format(microcents(amount)).replace(/[$,]/g, ""))).toEqual(microcents(amount));
      }),
    );
  });
});

describe("whole amounts", () => {
  const makers: [string, (amount: number) => Amount, Unit][] = [
    ["microcents", microcents, "USD_MICROCENTS"],
    ["tokens", tokens, "TOKENS"],
    ["credits", credits, "CREDITS"],
    ["riskPoints", riskPoints, "RISK_POINTS"],
  ];

  it.each(makers)("%s accepts whole numbers from 0 to 2^53 - 1", (_name, make, unit) => {
    expect(make(0)).toEqual({ unit, amount: 0 });
    expect(make(LARGEST)).toEqual({ unit, amount: LARGEST });
  });

  it.each(
    makers.flatMap(([name, make]) =>
      [-1, 0.5, 2 ** 53, NaN, Infinity].map((amount) => [name, amount, make] as const),
    ),
  )("%s refuses %s, and names the field", (_name, amount, make) => {
    const attempt = () => make(amount);
    expect(attempt).toThrow(CyclesValidationError);
    expect(attempt).toThrow(`amount: must be a whole number from 0 to 2^53 − 1, not ${amount}`);
  });
});

describe("perMillion", () => {
  it.each([
    ["3.00", 1234, 370_200],
    ["15.00", 0, 0],
    ["0", 1_000_000, 0],
    ["0.15", 1, 15],
    ["0.00000001", 1, 1],
    ["0.01", 1, 1],
    ["0.010001", 100, 101],
    ["2.50", 1_000_000, 250_000_000],
  ])("at %s dollars per million, for %i tokens, is rounded up", (price, count, amount) => {
    expect(perMillion(price, count)).toEqual({ unit: "USD_MICROCENTS", amount });
  });

  it("is at least the exact price, and less than a microcent more", () => {
    fc.assert(
      fc.property(fc.nat(100_000_000_00), fc.nat(1_000_000), (price, count) => {
        const { amount } = perMillion(format(microcents(price)).replace(/[$,]/g, ""), count);
        const exact = BigInt(price) * BigInt(count);
        const charged = BigInt(amount) * 1_000_000n;
        expect(charged >= exact && charged - exact < 1_000_000n).toBe(true);
      }),
    );
  });

  it.each([
    ["3.00", -1, "whole number"],
    ["3.00", 1.5, "whole number"],
    ["3.00", 2 ** 53, "whole number"],
    ["-3.00", 1, "perMillion takes plain decimal text"],
    ["0.000000001", 1, "finer than one microcent"],
    ["1000000", LARGEST, "beyond 2^53"],
  ])("refuses %s dollars for %d tokens", (price, count, why) => {
    expect(() => perMillion(price, count)).toThrow(CyclesValidationError);
    expect(() => perMillion(price, count)).toThrow(why);
  });
});

describe("add", () => {
  it("is exact where floating-point numbers are not", () => {
    expect(add(usd("0.1"), usd("0.2"))).toEqual(usd("0.3"));
  });

  it("returns the exact sum, or refuses it", () => {
    const counts = fc.array(fc.integer({ min: 0, max: LARGEST }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(counts, ([first = 0, ...rest]) => {
        const exact = [first, ...rest].reduce((sum, count) => sum + BigInt(count), 0n);
        const sum = () => add(tokens(first), ...rest.map(tokens));
        if (exact > BigInt(LARGEST)) expect(sum).toThrow(CyclesValidationError);
        else expect(BigInt(sum().amount)).toBe(exact);
      }),
    );
  });

  it("refuses different units, and names both", () => {
    expect(() => add(usd("1"), tokens(1))).toThrow(CyclesValidationError);
    expect(() => add(usd("1"), tokens(1))).toThrow("cannot add TOKENS to USD_MICROCENTS");
  });

  it.each([
    [{ unit: "TOKENS", amount: -1 }, "amount: must be a whole number"],
    [{ unit: "TOKENS", amount: 0.5 }, "amount: must be a whole number"],
    [{ unit: "TOKENS", amount: 2 ** 53 }, "amount: must be a whole number"],
    [{ unit: "EUROS", amount: 1 }, "unit: must be one of USD_MICROCENTS, TOKENS"],
  ])("refuses %j", (amount, why) => {
    expect(() => add(amount as Amount)).toThrow(CyclesValidationError);
    expect(() => add(amount as Amount)).toThrow(why);
  });

  it("refuses a sum beyond 2^53 - 1", () => {
    expect(() => add(tokens(LARGEST), tokens(1))).toThrow("beyond 2^53 − 1");
  });
});

describe("format", () => {
  it.each<[Amount, string]>([
    [usd("0.1"), "$0.10"],
    [usd("0"), "$0.00"],
    [usd("1234567.5"), "$1,234,567.50"],
    [usd("0.00000001"), "$0.00000001"],
    [usd("0.001"), "$0.001"],
    [{ unit: "USD_MICROCENTS", amount: -150_000_000 }, "-$1.50"],
    [tokens(1234), "1,234 TOKENS"],
    [credits(0), "0 CREDITS"],
    [riskPoints(7), "7 RISK_POINTS"],
  ])("formats %j as %s", (amount, text) => {
    expect(format(amount)).toBe(text);
  });
});
