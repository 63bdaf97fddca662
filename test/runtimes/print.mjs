// The program for runtimes with processes. It runs the cases and prints the results as one line of JSON.
import { conform } from "./cases.mjs";

const { CONFORMANCE_FIXTURE = "{}" } = process.env;
console.log(JSON.stringify(await conform(JSON.parse(CONFORMANCE_FIXTURE))));
