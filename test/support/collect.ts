import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects garbage until `happened` returns true, because the engine decides when it collects an object. */
export async function collectUntil(happened: () => boolean): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  while (!happened()) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
