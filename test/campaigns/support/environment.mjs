/** A campaign means the same on every machine: it, and the processes that it starts, see no settings of the client. */
export function forgetSettings() {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("CYCLES_")) Reflect.deleteProperty(process.env, name);
  }
}
