/**
 * Removes the client's environment variables from this process and from the processes that it starts, so that a
 * campaign does the same on every machine.
 */
export function forgetSettings() {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("CYCLES_")) Reflect.deleteProperty(process.env, name);
  }
}
