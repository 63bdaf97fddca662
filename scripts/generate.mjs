#!/usr/bin/env node
// Turns the contract into code: openapi/cycles.yaml → generated/.
//   npm run generate                                   write generated/
//   npm run generate -- --check                        fail if generated/ is stale
//   npm run generate -- --from other.yaml --out dir    another document of the protocol
import { command } from "./generate/command.mjs";

process.exitCode = await command(process.argv.slice(2));
