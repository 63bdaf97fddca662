// Ajv's standalone code, made small: each thing that it writes out again and again is said once. The rules are those of
// Ajv; what stands here only rewrites the text that it prints, and refuses what it does not recognise.

/** What Ajv passes on from validator to validator and this takes out; none of it may be left. */
const LEFTOVER = /\b(?:schema\d+|schemaPath|parentData\w*|rootData|dynamicAnchors|require)\b/;

/** What the rewritten code calls. */
export const HELPERS = `
const isObject = (value) => typeof value == "object" && value !== null && !Array.isArray(value);

const { isInteger } = Number;

/** One more problem. */
const add = (problems, instancePath, keyword, params) => {
  const problem = { instancePath, keyword, params };
  if (problems === null) return [problem];
  problems.push(problem);
  return problems;
};

/** The problems of a nested value, after those that were found before. */
const join = (problems, more) => {
  if (problems === null) return more;
  for (const problem of more) problems.push(problem);
  return problems;
};

/** Length in characters, as JSON Schema counts it: a surrogate pair is one. */
const lengthOf = (text) => (/[\\ud800-\\udbff]/.test(text) ? [...text].length : text.length);

/** A key as a step of a JSON pointer. */
const step = (key) => "/" + key.replace(/~/g, "~0").replace(/\\//g, "~1");
`;

/** After this many problems in one array or map, a bounded validator looks at no further item of it. */
export const FEW = 8;

/**
 * @param {string} source what Ajv's `standalone` printed, with the option `code.lines`
 * @param {{ isBounded?: boolean }} [options] whether the validators stop after a few problems; such have names of
 *   their own, so that both kinds fit into one file
 * @returns {string} the same validators, each a function of the value and where it stands; they call {@link HELPERS}
 */
export function compact(source, { isBounded = false } = {}) {
  const schemas = new Map();
  const written = source
    .replace('"use strict";\n', "")
    .replace(/^const (schema\d+) = (.*);\n/gm, (_, name, json) => {
      schemas.set(name, JSON.parse(json));
      return "";
    })
    .replace(
      /^const func\d+ = (?:require\(.*\)\.default|Object\.prototype\.hasOwnProperty);\n/gm,
      "",
    )
    .replace(/^\/\*# sourceURL=.*\*\/;\n/gm, "")
    .replace(/^export const /gm, "const ");
  const short = [
    ERROR,
    KNOWN_NAMES,
    SCHEMA_VALUE,
    SIGNATURE,
    NESTED_CALL,
    NESTED_ERRORS,
    OBJECT,
    INTEGER,
    LENGTH,
    STEP,
    ...(isBounded ? [LOOPS, NAMES] : []),
  ].reduce((text, rule) => rule(text, schemas), written);
  const [leftover] = LEFTOVER.exec(short) ?? [];
  if (leftover !== undefined)
    throw new Error(`Ajv wrote \`${leftover}\` where scripts/generate/compact.mjs knows no rule`);
  return short.replace(/\n{2,}/g, "\n\n");
}

/** A problem made, put into the list and counted. */
const ERROR = (text) =>
  text.replace(
    /const (err\d+) = \{instancePath(?::(.+?))?,schemaPath:".*?",keyword:(".*?"),params:(\{.*\})\};\nif\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}\nerrors\+\+;/g,
    (_, _error, path = "instancePath", keyword, params) =>
      `vErrors = add(vErrors, ${path}, ${keyword}, ${params});\nerrors++;`,
  );

/** Whether a key is among the names of a schema's properties. */
const KNOWN_NAMES = (text, schemas) =>
  text.replace(/func\d+\.call\((schema\d+)((?:\.\w+)+), (\w+)\)/g, (_, schema, path, key) => {
    const names = Object.keys(at(schemas.get(schema), path));
    return `${JSON.stringify(names)}.includes(${key})`;
  });

/** A value out of a schema: the value itself, so that the schema need not be kept. */
const SCHEMA_VALUE = (text, schemas) =>
  text.replace(/(schema\d+)((?:\.\w+|\[".*?"\])+)/g, (_, schema, path) =>
    JSON.stringify(at(schemas.get(schema), path)),
  );

const SIGNATURE = (text) =>
  text.replace(
    /\{instancePath="", parentData, parentDataProperty, rootData=data\}=\{\}/g,
    'instancePath = ""',
  );

/** Where a nested value stands is all that its validator is told of it. */
const NESTED_CALL = (text) =>
  text.replace(
    /\{instancePath(?::(.+?))?,parentData(?::\w+)?,parentDataProperty(?::.+?)?,rootData\}/g,
    (_, path = "instancePath") => path,
  );

const NESTED_ERRORS = (text) =>
  text.replace(
    /vErrors = vErrors === null \? (validate\d+)\.errors : vErrors\.concat\(\1\.errors\);/g,
    "vErrors = join(vErrors, $1.errors);",
  );

const OBJECT = (text) =>
  text.replace(/(data\d*) && typeof \1 == "object" && !Array\.isArray\(\1\)/g, "isObject($1)");

const INTEGER = (text) =>
  text.replace(
    /\(\(typeof (data\d*) == "number"\) && \(!\(\1 % 1\) && !isNaN\(\1\)\)\) && \(isFinite\(\1\)\)/g,
    "isInteger($1)",
  );

const LENGTH = (text) => text.replace(/func\d+\((data\d*)\)/g, "lengthOf($1)");

const STEP = (text) =>
  text.replace(
    /\/" \+ (key\d+)\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)/g,
    '" + step($1)',
  );

const LOOPS = (text) =>
  text
    .replace(/(for\(let (i\d+)=0; \2<len\d+); /g, `$1 && errors < ${FEW}; `)
    .replace(/for\(const key\d+ in data\d*\)\{\n/g, `$&if(errors >= ${FEW}) break;\n`);

const NAMES = (text) => text.replace(/\bvalidate(\d+)\b/g, "accept$1");

/** What stands in a schema at a path of its properties, such as `.properties.status.enum` or `["a-b"].type`. */
function at(schema, path) {
  const names = [...path.matchAll(/\.(\w+)|\["(.*?)"\]/g)].map(
    ([, plain, quoted]) => plain ?? quoted,
  );
  return names.reduce((value, name) => value[name], schema);
}
