// The thread that reads a contract and makes the text of each generated file. It sends one message to its parent.
import "./offline.mjs";
import { parentPort, workerData } from "node:worker_threads";
import { readContract } from "./document.mjs";

const { source } = workerData;
try {
  const { contract, warnings } = await readContract(source);
  // These packages take a second to load, which a document that is refused does not need.
  const { sourcesFrom } = await import("./sources.mjs");
  parentPort?.postMessage({ files: await sourcesFrom(contract), warnings });
} catch (error) {
  parentPort?.postMessage({ error: `${source}: ${error.message}` });
}
