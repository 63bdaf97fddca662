// The memory of this process, after a full collection.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Exposes the garbage collector without a flag on the command line.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** @typedef {{ heap: number, rss: number }} Memory in MB */

/** @returns {Memory} */
export function memory() {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 };
}
