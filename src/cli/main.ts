#!/usr/bin/env node
import { run } from "./program.js";

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  stopRequested() {
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      // Once: a second Ctrl-C ends what does not end by itself.
      process.once(signal, () => {
        stop.abort();
      });
    }
    return stop.signal;
  },
});
