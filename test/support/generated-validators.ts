import { runInNewContext } from "node:vm";
import { Ajv2020 } from "ajv/dist/2020.js";
import { transform } from "esbuild";
import { formats, validatorsSource } from "../../scripts/generate/validators.mjs";

interface Failure {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: object;
}

/** The problems of the last value that a validator refused. */
interface Judged {
  readonly errors?: readonly Failure[] | null;
}

/** A validator that the generator wrote. */
export interface GeneratedValidator extends Judged {
  (value: unknown): boolean;
}

/** Generates the validators of a contract, and runs their module without access to anything but the language. */
export async function validatorsOf(
  contract: unknown,
): Promise<Readonly<Record<string, GeneratedValidator>>> {
  const { validators } = await exportsOf(await validatorsSource(contract));
  return validators as Readonly<Record<string, GeneratedValidator>>;
}

/** Runs a generated module in a context of its own, which has only the language and these globals. */
export async function exportsOf(
  source: string,
  globals: object = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { code } = await transform(source, { loader: "ts", format: "cjs", target: "es2022" });
  const module = { exports: {} };
  runInNewContext(code, { ...globals, module });
  return module.exports;
}

/** Ajv itself with the same schemas, which a generated validator must agree with. */
export function oracleOf(
  schemas: readonly object[],
  options: { readonly ownProperties?: boolean } = {},
): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    strictNumbers: true,
    formats,
    ...options,
  });
  ajv.addSchema([...schemas]);
  return ajv;
}

/** What two validators must agree on. */
export function problemsOf({ errors }: Judged): unknown[] {
  return (errors ?? []).map(({ instancePath, keyword, params }) => ({
    instancePath,
    keyword,
    params,
  }));
}

/** The same as objects of this context, because those of a generated module have other prototypes. */
export function copiedProblemsOf(validate: Judged): unknown[] {
  return JSON.parse(JSON.stringify(problemsOf(validate))) as unknown[];
}
