import { Random } from "./random.mjs";

/**
 * Replaces `Math.random` and `crypto.randomUUID`, so that backoffs, ids and keys follow from the seed. The function
 * that it returns restores both.
 * @param {number} seed
 */
export function seedTheRuntime(seed) {
  const random = new Random(seed ^ 0x5eed);
  const { random: ownRandom } = Math;
  Math.random = () => random.next();
  Object.defineProperty(globalThis.crypto, "randomUUID", {
    configurable: true,
    value: () => random.uuid(),
  });
  return () => {
    Math.random = ownRandom;
    Reflect.deleteProperty(globalThis.crypto, "randomUUID");
  };
}
