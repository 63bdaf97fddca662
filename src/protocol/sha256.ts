/**
 * The SHA-256 digest of an ASCII text, in hex. WebCrypto computes digests only asynchronously, and
 * not every runtime has `node:crypto`. (FIPS 180-4.)
 */
export function sha256(ascii: string): string {
  const words = wordsOf(ascii);
  const primes = firstPrimes(64);
  let digest = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  for (let start = 0; start < words.length; start += 16) {
    // The 16 words from which the next one is computed.
    const schedule = words.slice(start, start + 16);
    let state = digest;
    for (const prime of primes) {
      const [a = 0, b = 0, , , , , , , , c = 0, , , , , d = 0] = schedule;
      state = step(state, fraction(Math.cbrt(prime)) + a);
      schedule.push(
        (a + c + (turned(b, 7, 18) ^ (b >>> 3)) + (turned(d, 17, 19) ^ (d >>> 10))) | 0,
      );
      schedule.shift();
    }
    digest = digest.map((word, i) => (word + (state[i] ?? 0)) | 0);
  }
  return digest.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** One of the 64 steps that mix a block into the state of eight words. */
function step([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0]: number[], word: number) {
  const sum = h + word + turned(e, 6, 11, 25) + ((e & f) ^ (~e & g));
  const first = sum + turned(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c));
  return [first | 0, a, b, c, (d + sum) | 0, e, f, g];
}

/** The message in 32-bit words: the text, a single bit, zeros, and the length in bits. */
function wordsOf(ascii: string): number[] {
  const zeros = "\0".repeat(((119 - (ascii.length % 64)) % 64) + 4);
  const words: number[] = [];
  let word = 0;
  for (const [i, byte] of Array.from(`${ascii}\x80${zeros}`).entries()) {
    word = (word << 8) | byte.charCodeAt(0);
    if (i % 4 === 3) words.push(word);
  }
  return [...words, ascii.length * 8];
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n += 1) {
    if (found.every((prime) => n % prime > 0)) found.push(n);
  }
  return found;
}

/** The first 32 bits of the fractional part. */
function fraction(value: number): number {
  return (value * 2 ** 32) | 0;
}

/** The word rotated to the right by each number of bits, combined by XOR. */
function turned(word: number, ...bits: number[]): number {
  return bits.reduce((all, count) => all ^ ((word >>> count) | (word << (32 - count))), 0);
}
