// A worker that settles what the journal holds; configured by the CYCLES_* variables alone.
import { CyclesClient } from "cycles-client";

const client = new CyclesClient();
console.log(JSON.stringify(await client.recover()));
await client.close();
