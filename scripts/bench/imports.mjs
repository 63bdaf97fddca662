import { median } from "./figures.mjs";
import { measureApart } from "./processes.mjs";

const MODULES = {
  empty: "./empty.mjs",
  client: "cycles-client",
  embedded: "cycles-client/embedded",
};

/**
 * Measures how many milliseconds each entry point takes to import, beyond an empty module. Each import runs in a new
 * process.
 * @param {number} times
 */
export async function importTimes(times) {
  const took = { empty: [], client: [], embedded: [] };
  for (let time = 0; time < times; time += 1) {
    for (const [name, specifier] of Object.entries(MODULES))
      took[name].push(await measureApart("import-probe.mjs", [specifier]));
  }
  const empty = median(took.empty);
  return { empty, client: median(took.client) - empty, embedded: median(took.embedded) - empty };
}
