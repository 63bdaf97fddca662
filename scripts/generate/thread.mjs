// The thread that reads a contract and generates the text of each file. It sends one message to its parent.
import "./offline.mjs";
import { parentPort, workerData } from "node:worker_threads";
import { readContract } from "./document.mjs";

const { source } = workerData;
try {
  const { contract, warnings } = await readContract(source);
  // Loaded only now, because these packages take a second to load, and a refused document does not need them.
  const { sourcesFrom } = await import("./sources.mjs");
  parentPort?.postMessage({ files: await sourcesFrom(contract), warnings });
} catch (error) {
  parentPort?.postMessage({ error: `${source}: ${error.message}` });
}
