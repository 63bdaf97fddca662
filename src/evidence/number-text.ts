/**
 * Whether a number of JSON text survives reading: the shortest text of the double that it becomes
 * has the same decimal value. Canonical JSON has only that text, so that otherwise two different
 * numbers would have one hash. (RFC 8785, 3.2.2.3.)
 *
 * `1.0` and `1e0` are the number 1, and `-0` is 0. `9007199254740993` and `1e-400` are not exact.
 */
export function isExact(text: string): boolean {
  const number = Number(text);
  return Number.isFinite(number) && decimalOf(text) === decimalOf(String(number));
}

/** One text for each decimal value: its significant digits and an exponent. */
function decimalOf(text: string): string {
  const [, sign = "", whole = "", fraction = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = withoutZerosBefore(`${whole}${fraction}`);
  const significant = withoutZerosAfter(digits);
  if (significant === "") return "0";
  const exponent = Number(power) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${exponent}`;
}

function withoutZerosBefore(digits: string): string {
  let start = 0;
  while (digits[start] === "0") start += 1;
  return digits.slice(start);
}

// A loop, because a regular expression would take quadratic time.
function withoutZerosAfter(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
