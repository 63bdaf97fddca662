// The thread that reads a contract and makes the text of each generated file. It sends one message to its parent.
import "./offline.mjs";
import { parentPort, workerData } from "node:worker_threads";
import { constantsSource } from "./constants.mjs";
import { readContract } from "./document.mjs";
import { operationsSource } from "./operations.mjs";
import { typesSource } from "./types.mjs";
import { validatorsSource } from "./validators.mjs";

const { source } = workerData;
try {
  const { contract, warnings } = await readContract(source);
  parentPort?.postMessage({
    files: {
      "openapi.json": `${JSON.stringify(contract, null, 2)}\n`,
      "paths.ts": await typesSource(contract),
      "constants.ts": await constantsSource(contract),
      "operations.ts": await operationsSource(contract),
      "validators.ts": await validatorsSource(contract),
    },
    warnings,
  });
} catch (error) {
  parentPort?.postMessage({ error: `${source}: ${error.message}` });
}
