// A worker that settles what the journal holds. CYCLES_* variables configure its client.
import { CyclesClient } from "cycles-client";

const client = new CyclesClient();
console.log(JSON.stringify(await client.recover()));
await client.close();
