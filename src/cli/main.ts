#!/usr/bin/env node
import { program } from "./program.js";
import { stopRequested } from "./stop.js";

const { stdout, stderr, env } = process;
process.exitCode = await program(process.argv.slice(2), { stdout, stderr, env, stopRequested });
