// Prints the throughput of the guard with 1,024 calls in flight as a share of that with 32. The parent process chooses
// Node's flags.
//   node scaling-probe.mjs url rounds runMs
import { ratio } from "./rounds.mjs";
import { scaling } from "./scaling.mjs";

const [, , url = "", rounds = "", runMs = ""] = process.argv;
const runs = await scaling(url, [32, 1_024], { rounds: Number(rounds), runMs: Number(runMs) });
console.log(JSON.stringify(ratio(runs, "1024", "32")));
process.exit();
