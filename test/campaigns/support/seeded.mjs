import { Random } from "./random.mjs";

/**
 * Backoffs, ids and keys come from the seed, too, until the function that is returned is called.
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
