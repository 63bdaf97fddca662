// Exact decimal numbers of 0 or more, because sums of floating-point prices are off by a microcent.

/** The number `digits` / 10^`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { digits: 0n, scale: 0 };
export const ONE: Decimal = { digits: 1n, scale: 0 };

/** The length and the exponent are bounded, because a provider may send any text as a cost. */
const NUMBER = /^(\d{1,40})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** Reads `0.25`, and `2.5e-7` as JavaScript writes small numbers. Returns undefined for other text. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, units = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(units + fraction);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

export function plus(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale);
  return { digits: digitsAt(one, scale) + digitsAt(other, scale), scale };
}

export function times(one: Decimal, other: Decimal): Decimal {
  return { digits: one.digits * other.digits, scale: one.scale + other.scale };
}

export function greater(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale);
  return digitsAt(one, scale) < digitsAt(other, scale) ? other : one;
}

/** How many units of 10^-`scale` the number has, rounded up. */
export function ceilingAt({ digits, scale: own }: Decimal, scale: number): bigint {
  if (own <= scale) return digits * 10n ** BigInt(scale - own);
  const divisor = 10n ** BigInt(own - scale);
  return (digits + divisor - 1n) / divisor;
}

function digitsAt({ digits, scale: own }: Decimal, scale: number): bigint {
  return digits * 10n ** BigInt(scale - own);
}
