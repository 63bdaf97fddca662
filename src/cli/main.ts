#!/usr/bin/env node
import { text } from "node:stream/consumers";
import { program } from "./program.js";
import { stopRequested } from "./stop.js";

const { stdout, stderr, env } = process;
const readInput = () => text(process.stdin);
const terminal = { stdout, stderr, env, stopRequested, readInput };
process.exitCode = await program(process.argv.slice(2), terminal);
