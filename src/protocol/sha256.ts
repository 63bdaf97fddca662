/**
 * The SHA-256 digest of a text in UTF-8, in hex. WebCrypto computes digests only asynchronously, and
 * not every runtime has `node:crypto`. (FIPS 180-4.)
 */
export function sha256(text: string): string {
  const message = padded(new TextEncoder().encode(text));
  const { start: initial, constants } = (tables ??= computeTables());
  const digest = Int32Array.from(initial);
  const schedule = new Int32Array(64);
  for (let start = 0; start < message.byteLength; start += 64) {
    for (let i = 0; i < 16; i += 1) schedule[i] = message.getInt32(start + 4 * i);
    extend(schedule);
    mix(digest, schedule, constants);
  }
  return Array.from(digest, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Computed once, because it takes as long as a digest. */
let tables: ReturnType<typeof computeTables> | undefined;

function computeTables() {
  const primes = firstPrimes(64);
  return {
    start: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    constants: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  };
}

/** The message in whole blocks: the bytes, a single bit, zeros, and the length in bits. */
function padded(bytes: Uint8Array): DataView {
  const blocks = new Uint8Array(64 * Math.ceil((bytes.length + 9) / 64));
  blocks.set(bytes);
  blocks[bytes.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 4, bytes.length * 8);
  return view;
}

/** Computes the other 48 words of a block from its first 16. */
function extend(schedule: Int32Array): void {
  for (let i = 16; i < 64; i += 1) {
    const a = schedule[i - 15] ?? 0;
    const b = schedule[i - 2] ?? 0;
    const first = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
    const second = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
    schedule[i] = (schedule[i - 16] ?? 0) + first + (schedule[i - 7] ?? 0) + second;
  }
}

/** Mixes a block into the digest, in 64 steps. */
function mix(digest: Int32Array, schedule: Int32Array, constants: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = digest;
  for (let i = 0; i < 64; i += 1) {
    const chosen = (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g));
    const first = h + chosen + (constants[i] ?? 0) + (schedule[i] ?? 0);
    const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) digest[i] = (digest[i] ?? 0) + word;
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

/** A word rotated to the right. */
function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
