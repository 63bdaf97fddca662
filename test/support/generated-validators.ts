import { runInNewContext } from "node:vm";
import { transform } from "esbuild";
import { validatorsSource } from "../../scripts/generate/validators.mjs";

/** A validator that the generator wrote. */
export interface GeneratedValidator {
  (value: unknown): boolean;
  errors?: readonly { instancePath: string; keyword: string; params: object }[] | null;
}

/** Generates the validators of a contract, and runs their module without access to anything but the language. */
export async function validatorsOf(
  contract: unknown,
): Promise<Readonly<Record<string, GeneratedValidator>>> {
  const source = await validatorsSource(contract);
  const { code } = await transform(source, { loader: "ts", format: "cjs", target: "es2022" });
  const module = { exports: {} as { validators: Readonly<Record<string, GeneratedValidator>> } };
  runInNewContext(code, { module });
  return module.exports.validators;
}
