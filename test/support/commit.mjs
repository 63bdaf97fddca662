// A worker that reserves and commits. CYCLES_* variables configure its client.
import { CyclesClient } from "cycles-client";

const { REQUEST = "", ACTUAL = "", SETTLE_TIMEOUT } = process.env;
const options = SETTLE_TIMEOUT === undefined ? {} : { settleTimeout: Number(SETTLE_TIMEOUT) };
const guard = await new CyclesClient(options).reserve(JSON.parse(REQUEST));
await guard.commit(JSON.parse(ACTUAL));
