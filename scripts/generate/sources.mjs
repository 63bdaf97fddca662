// The text of each generated file.
import { constantsSource } from "./constants.mjs";
import { operationsSource } from "./operations.mjs";
import { typesSource } from "./types.mjs";
import { evidenceSource, validatorsSource } from "./validators.mjs";

/** @returns {Promise<Record<string, string>>} */
export async function sourcesFrom(contract) {
  const evidence = await evidenceSource(contract);
  return {
    "openapi.json": `${JSON.stringify(contract, null, 2)}\n`,
    "paths.ts": await typesSource(contract),
    "constants.ts": await constantsSource(contract),
    "operations.ts": await operationsSource(contract),
    "validators.ts": await validatorsSource(contract),
    ...(evidence === undefined ? {} : { "evidence.ts": evidence }),
  };
}
