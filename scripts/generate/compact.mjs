// Makes Ajv's standalone code smaller: calls of HELPERS replace code that Ajv repeats. The rules of a schema stay those
// of Ajv. This file reads and changes only the syntax tree, so it never takes a string of a contract for code. It
// refuses code that it does not recognise.
import { generate } from "astring";
import { HELPERS } from "./helpers.mjs";
import { shareFields, shareProblems } from "./share.mjs";
import { literal } from "./source.mjs";
import { expression, fill, isName, match, parseModule, statements, visit } from "./syntax.mjs";

/** A bounded validator looks at no further item of an array or map once it has found this many problems. */
export const FEW = 8;

/**
 * @param {string} source the output of Ajv's `standalone`
 * @param {{ isBounded?: boolean }} [options] whether the validators stop after a few problems; the declarations of bounded
 *   validators have names of their own, so that one file can hold both kinds
 * @returns {string} the same validators, each a function of the value and its place; they call {@link HELPERS}
 */
export function compact(source, { isBounded = false } = {}) {
  const program = parseModule(source);
  const { schemas, runtime } = takeOutConstants(program, source);
  const rules = [
    useSchemaValues(schemas, runtime),
    findInLists(runtime),
    addProblems,
    replaceExpressions(runtime),
    joinKeyStep,
    simplifySignature,
    dropEmptyStatements,
    shareProblems,
    ...(isBounded ? [boundLoops] : []),
    shareFields,
    makeValidators,
    ...(isBounded ? [renameDeclarations] : []),
  ];
  for (const rule of rules) rule(program);
  refuseUnknown(program);
  return program.body.map((statement) => generate(statement)).join("\n\n");
}

/**
 * Removes the constants that this file replaces: copies of schemas and functions of Ajv's runtime. Exports become
 * plain constants.
 *
 * @returns the schemas by constant, and what each function is by constant
 */
function takeOutConstants(program, source) {
  const schemas = new Map();
  const runtime = new Map();
  program.body = program.body
    .map((node) => (node.type === "ExportNamedDeclaration" ? node.declaration : node))
    .filter((node) => {
      if (node.directive !== undefined) return false;
      const { id, init } = (node.type === "VariableDeclaration" && node.declarations[0]) || {};
      if (id === undefined) return true;
      const known = RUNTIME.find(({ code }) => match(code, init));
      if (known !== undefined) runtime.set(id.name, known.name);
      else if (/^schema\d+$/.test(id.name))
        schemas.set(id.name, JSON.parse(source.slice(init.start, init.end)));
      else return true;
      return false;
    });
  return { schemas, runtime };
}

const RUNTIME = [
  { name: "lengthOf", code: expression('require("ajv/dist/runtime/ucs2length").default') },
  { name: "equal", code: expression('require("ajv/dist/runtime/equal").default') },
  { name: "hasOwnProperty", code: expression("Object.prototype.hasOwnProperty") },
];

/** Inlines the values that the code reads from schemas, so that the schemas themselves are not needed. */
function useSchemaValues(schemas, runtime) {
  const hasProperty = expression("$has.call($properties, $key)");
  const includes = expression("$names.includes($key)");
  return (program) =>
    visit(program, (node, parent) => {
      const { $has, $properties, $key } = match(hasProperty, node) ?? {};
      const properties = $properties && valueOf($properties, schemas);
      if (runtime.get($has?.name) === "hasOwnProperty" && properties !== undefined)
        return fill(includes, { $names: expression(literal(Object.keys(properties))), $key });
      const value = isName(node, parent) ? undefined : valueOf(node, schemas);
      return value === undefined ? undefined : expression(literal(value));
    });
}

/** The value of an expression such as `schema1.properties["a-b"].enum`; `undefined` for any other. */
function valueOf(node, schemas) {
  if (node.type === "Identifier") return schemas.get(node.name);
  if (node.type !== "MemberExpression") return undefined;
  const { object, property, computed } = node;
  const name = computed ? property.value : property.name;
  const value = name === undefined ? undefined : valueOf(object, schemas);
  return value instanceof Object && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Ajv searches long lists with a function that also compares objects. Lists of scalars do not need it. */
function findInLists(runtime) {
  const [before] = statements(
    "for (const $item of $list) { if ($equal($value, $item)) { $fits = true; break; } }",
  );
  const [after] = statements("$fits = $list.includes($value);");
  const isScalar = ({ type }) => type === "Literal" || type === "UnaryExpression";
  return (program) =>
    visit(program, (node) => {
      const holes = match(before, node);
      const isKnown = holes !== undefined && runtime.get(holes.$equal.name) === "equal";
      return isKnown && holes.$list.elements?.every(isScalar) ? fill(after, holes) : undefined;
    });
}

/** Makes, lists and counts a problem in one call. */
function addProblems(program) {
  const before = statements(`
    const $error = { instancePath: $path, schemaPath: $schemaPath, keyword: $keyword, params: $params };
    if (vErrors === null) { vErrors = [$error]; } else { vErrors.push($error); }
  `);
  const [after] = statements("vErrors = add(vErrors, $path, $keyword, $params);");
  visit(program, ({ body }) => {
    if (!Array.isArray(body)) return;
    for (let index = 0; index < body.length; index += 1) {
      const holes = match(before, body.slice(index, index + before.length));
      if (holes) body.splice(index, before.length, fill(after, holes));
    }
  });
}

/** Calls the helpers, and passes only its place to a nested validator. */
function replaceExpressions(runtime) {
  const rules = [
    [
      '$value && typeof $value == "object" && !Array.isArray($value)', //
      "isObject($value)",
    ],
    [
      '((typeof $value == "number") && (!($value % 1) && !isNaN($value))) && (isFinite($value))',
      "isInteger($value)",
    ],
    [
      "vErrors === null ? $validate.errors : vErrors.concat($validate.errors)",
      "join(vErrors, $validate.errors)",
    ],
    [
      "$validate($value, { instancePath: $path, parentData: $parent, parentDataProperty: $property, rootData })",
      "$validate($value, $path)",
    ],
    ...[...runtime].flatMap(([constant, name]) => {
      if (name === "lengthOf") return [[`${constant}($value)`, "lengthOf($value)"]];
      if (name !== "hasOwnProperty") return [];
      return [[`${constant}.call($value, $key)`, "Object.hasOwn($value, $key)"]];
    }),
  ].map((sources) => sources.map(expression));
  return (program) =>
    visit(program, (node) => {
      for (const [before, after] of rules) {
        const holes = match(before, node);
        if (holes) return fill(after, holes);
      }
      return undefined;
    });
}

/** `"/tags/" + key.replace(…)…` → `"/tags" + step(key)`. */
function joinKeyStep(program) {
  const before = expression('$before + $key.replace(/~/g, "~0").replace(/\\//g, "~1")');
  const after = expression("$before + step($key)");
  visit(program, (node) => {
    const { $before, $key } = match(before, node) ?? {};
    const slash = $before?.type === "BinaryExpression" ? $before.right : $before;
    if (typeof slash?.value !== "string" || !slash.value.endsWith("/")) return undefined;
    const shorter = expression(literal(slash.value.slice(0, -1)));
    if (slash === $before) return fill(after, { $before: shorter, $key });
    return fill(after, {
      $before: shorter.value === "" ? $before.left : { ...$before, right: shorter },
      $key,
    });
  });
}

/** A validator takes the value and its place. */
function simplifySignature(program) {
  const signature = (text) => expression(`(data, ${text}) => 0`).params[1];
  const before = signature(
    '{ instancePath = "", parentData, parentDataProperty, rootData = data } = {}',
  );
  const after = signature('instancePath = ""');
  for (const { type, params } of program.body)
    if (type === "FunctionDeclaration" && match(before, params[1])) params[1] = after;
}

/** An export is a validator, made from the function that it was. */
function makeValidators(program) {
  const made = expression("validator($check)");
  for (const { declarations } of program.body) {
    const [{ init = undefined } = {}] = declarations ?? [];
    if (/^validate\d+$/.test(init?.name ?? "")) declarations[0].init = fill(made, { $check: init });
  }
}

function dropEmptyStatements(program) {
  visit(program, (node) => {
    if (Array.isArray(node.body))
      node.body = node.body.filter(({ type }) => type !== "EmptyStatement");
  });
}

function boundLoops(program) {
  const overItems = expression("$index < $length");
  const bounded = expression(`$index < $length && found.length < ${FEW}`);
  const [enough] = statements(`while (0) { if (found.length >= ${FEW}) break; }`);
  const [leave] = enough.body.body;
  visit(program, (node) => {
    if (node.type === "ForStatement" && node.test) {
      const holes = match(overItems, node.test);
      if (/^len\d+$/.test(holes?.$length.name ?? "")) node.test = fill(bounded, holes);
    } else if (isOverMembers(node)) {
      node.body.body.unshift(leave);
    }
  });
}

/** Ajv writes a loop over the members of an object in one of two ways. The second skips inherited members. */
function isOverMembers({ type, right }) {
  if (type === "ForInStatement") return isData(right);
  return type === "ForOfStatement" && isData(match(OWN_KEYS, right)?.$object ?? {});
}

const OWN_KEYS = expression("Object.keys($object)");

function isData({ name = "" }) {
  return /^data\d*$/.test(name);
}

function renameDeclarations(program) {
  const declared = program.body.flatMap((node) => node.declarations ?? node).map(({ id }) => id);
  const names = new Map(declared.map((id) => [id.name, nameInResponses(id.name)]));
  visit(program, (node, parent) => {
    if (node.type === "Identifier" && !isName(node, parent))
      node.name = names.get(node.name) ?? node.name;
  });
}

/** A name of Ajv's for the same thing in the code of responses; other names are exports. */
function nameInResponses(name) {
  return name
    .replace(/^validate(?=\d+$)/, "accept")
    .replace(/^pattern(?=\d+$)/, "responsePattern")
    .replace(/^formats(?=\d+$)/, "responseFormats");
}

/** Ajv's own names are refused even when they are declared, because validators no longer pass them on. */
const REPLACED = /^(?:schema\d+|func\d+|parentData\w*|rootData|dynamicAnchors|require)$/;

const GLOBALS = [
  ...["Array", "Number", "Object", "RegExp", "Set"],
  ...["isFinite", "isNaN", "parseInt", "undefined"],
];
const HELPER_NAMES = HELPERS.match(/(?<=const (?:\{ )?)\w+/g) ?? [];

/** @throws {Error} when the code uses a name that it does not declare, or makes a problem in another way */
function refuseUnknown(program) {
  const declared = new Set([...GLOBALS, ...HELPER_NAMES]);
  const used = new Set();
  visit(program, (node, parent) => {
    if (node.type === "VariableDeclarator") declared.add(node.id.name);
    if (node.type === "FunctionDeclaration")
      for (const { name, left } of [node.id, ...node.params]) declared.add(name ?? left.name);
    if (node.type === "Identifier" && !isName(node, parent)) used.add(node.name);
    if (node.type === "Property" && node.key.name === "schemaPath") used.add("schemaPath");
  });
  for (const name of used) {
    if (!declared.has(name) || REPLACED.test(name))
      throw new Error(
        `Ajv wrote \`${name}\`, for which scripts/generate/compact.mjs knows no rule`,
      );
  }
}
