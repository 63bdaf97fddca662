import type { Optional } from "../../generated/operations.js";

/**
 * Takes out the optional fields that are `null`: the reference server writes absent fields so. A required field keeps
 * its `null`, which is an error, and free-form objects keep all that is in them.
 */
export function omitNulls(value: unknown, { fields = [], within = {}, each }: Optional): void {
  if (typeof value !== "object" || value === null) return;
  for (const name of fields) {
    if (Reflect.get(value, name) === null) Reflect.deleteProperty(value, name);
  }
  for (const name in within) {
    const inner = within[name];
    if (inner) omitNulls(Reflect.get(value, name), inner);
  }
  if (each) for (const item of Object.values(value)) omitNulls(item, each);
}
