// A worker that reserves, works and commits; configured by the CYCLES_* variables alone.
import { CyclesClient } from "cycles-client";

const { REQUEST = "", ACTUAL = "" } = process.env;
const guard = await new CyclesClient().reserve(JSON.parse(REQUEST));
await guard.commit(JSON.parse(ACTUAL));
