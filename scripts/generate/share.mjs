// Makes compact code smaller again: validators add the problems that they find to one list, and share functions that
// check a field. Code that no rule here recognises stays as it is.
import { literal } from "./source.mjs";
import { expression, fill, isName, match, statements, visit } from "./syntax.mjs";

/** Adds all problems of a call to one list, so that validators neither count nor join problems. */
export function shareProblems(program) {
  const rules = [
    [
      "vErrors = add(vErrors, $path, $keyword, $params); errors++;",
      "add(found, $path, $keyword, $params);",
    ],
    // Within `not` and `if`, Ajv only counts the problems.
    [
      "const $error = {}; if (vErrors === null) { vErrors = [$error]; } else { vErrors.push($error); } errors++;",
      'add(found, "", "", {});',
    ],
    [
      "if (!$validate($value, $path)) { vErrors = join(vErrors, $validate.errors); errors = vErrors.length; }",
      "$validate($value, $path, found);",
    ],
    [
      "errors = $count; if (vErrors !== null) { if ($count) { vErrors.length = $count; } else { vErrors = null; } }",
      "found.length = $count;",
    ],
    ["let vErrors = null; let errors = 0;", ""],
    ["$validate.errors = vErrors; return errors === 0;", ""],
  ].map((sources) => sources.map(statements));
  replaceStatements(program, rules);
  const [before, after] = ['(data, instancePath = "") => 0', "(data, instancePath, found) => 0"]
    .map(expression)
    .map(({ params }) => params);
  const length = expression("found.length");
  visit(program, (node, parent) => {
    if (node.type === "FunctionDeclaration" && match(before, node.params)) node.params = after;
    // A count that no rule has replaced stays, so that the name is refused.
    if (parent?.type === "UpdateExpression" || isName(node, parent)) return undefined;
    return node.name === "errors" ? length : undefined;
  });
}

/** Calls a shared function for each field that has one of the usual schemas. */
export function shareFields(program) {
  visit(program, (node) => {
    if (!Array.isArray(node.body)) return;
    node.body = node.body.flatMap((statement) => shared(statement) ?? statement);
  });
  visit(program, (node) => {
    const holes = match(OF_TYPE, node);
    return holes && fill(WRONG, holes);
  });
}

const OF_TYPE = expression('add(found, $path, "type", { type: $type })');
const WRONG = expression("wrong(found, $path, $type)");

function shared(statement) {
  for (const [before, after] of FIELDS) {
    const holes = match(before, [statement]);
    if (holes) return fill(after, { ...holes, ...placeOf(holes.$path) });
  }
  const other = match(OTHER, [statement]);
  const value = other && valueCompared(other.$isListed);
  if (value) return fill(AMONG, { ...other, $value: value });
  const further = match(FURTHER, [statement]);
  const names = further && namesRefused(further.$isFurther, further.$key);
  return names && fill(CLOSED, { ...further, $names: expression(literal(names)) });
}

/** The place of a field in two parts. They are joined only if there is a problem, because that takes time. */
function placeOf(path) {
  const isJoined = path?.type === "BinaryExpression" && typeof path.right.value === "string";
  return isJoined
    ? { $base: path.left, $step: path.right }
    : { $base: path, $step: expression('""') };
}

/** The names in `!(key === "a" || key === "b")` or `!["a", "b"].includes(key)`; `undefined` for other code. */
function namesRefused(test, key) {
  const { $names, $key } = match(NOT_LISTED, test) ?? {};
  if ($names?.elements && match(key, $key)) return $names.elements.map(({ value }) => value);
  const { $isNamed } = match(NOT, test) ?? {};
  return $isNamed && namesIn($isNamed, key);
}

function namesIn(test, key) {
  if (test.operator === "||") {
    const [left, right] = [test.left, test.right].map((side) => namesIn(side, key));
    return left && right && [...left, ...right];
  }
  const { $key, $name } = match(IS_NAME, test) ?? {};
  return typeof $name?.value === "string" && match(key, $key) ? [$name.value] : undefined;
}

/** The value in `value === "a" || value === "b"` or `["a", "b"].includes(value)`. */
function valueCompared(test) {
  if (test.operator === "||") return valueCompared(test.left);
  return match(IS_NAME, test)?.$key ?? match(LISTED, test)?.$key;
}

const OTHER = statements(
  'if (!$isListed) { add(found, $path, "enum", { allowedValues: $values }); }',
);
const AMONG = statements("among($value, found, $path, $values);");
const LISTED = expression("$names.includes($key)");
const NOT_LISTED = expression("!$names.includes($key)");
const NOT = expression("!$isNamed");
const IS_NAME = expression("$key === $name");

const FURTHER = statements(
  'for (const $key in $value) { if ($isFurther) { add(found, $path, "additionalProperties", { additionalProperty: $key }); } }',
);
const CLOSED = statements("closed(found, $value, $path, $names);");

/** The code of a field that may be absent. */
function field(code) {
  return `if ($field !== undefined) { ${code} }`;
}

function limits(most, least) {
  const check = (name, test, params) => `if (${test}) { add(found, $path, "${name}", ${params}); }`;
  return [
    ...(most ? [check("maxLength", "lengthOf($value) > $most", "{ limit: $most }")] : []),
    ...(least ? [check("minLength", "lengthOf($value) < $least", "{ limit: $least }")] : []),
  ].join(" ");
}

function textWith(code) {
  return field(
    `let $value = $field; if (typeof $value === "string") { ${code} } else { ${wrong("string")} }`,
  );
}

function integerWith(code) {
  return field(`let $value = $field; if (!isInteger($value)) { ${wrong("integer")} } ${code}`);
}

function itemsWith(test, code) {
  return field(`let $value = $field;
    if (Array.isArray($value)) {
      const $length = $value.length;
      for (let $i = 0; ${test}; $i++) { ${code} }
    } else { ${wrong("array")} }`);
}

function wrong(type) {
  return `add(found, $path, "type", { type: "${type}" });`;
}

const TEXT =
  'if (typeof $value[$i] !== "string") { add(found, $place, "type", { type: "string" }); }';
const CHECKED = "$check($value[$i], $place, found);";
const BOUNDED = "$i < $length && found.length < $most";

const FIELDS = [
  [itemsWith("$i < $length", TEXT), "items($field, $step, found, $base, string);"],
  [itemsWith("$i < $length", CHECKED), "items($field, $step, found, $base, $check);"],
  [itemsWith(BOUNDED, TEXT), "items($field, $step, found, $base, string, $most);"],
  [itemsWith(BOUNDED, CHECKED), "items($field, $step, found, $base, $check, $most);"],
  [
    'if ($field === undefined) { add(found, $path, "required", { missingProperty: $name }); }',
    "required($field, $name, found, $path);",
  ],
  [field("$check($field, $path, found);"), "inner($field, $step, found, $base, $check);"],
  [
    field('if (typeof $field !== $type) { add(found, $path, "type", { type: $type }); }'),
    "typed($field, $step, found, $base, $type);",
  ],
  [textWith(limits(true, false)), "text($field, $step, found, $base, $most);"],
  [textWith(limits(true, true)), "text($field, $step, found, $base, $most, $least);"],
  [
    textWith('if (!$regexp.test($value)) { add(found, $path, "format", { format: $rule }); }'),
    'matching($field, $step, found, $base, "format", $rule, $regexp);',
  ],
  [
    field(`let $value = $field;
      if (typeof $value !== "string") { ${wrong("string")} }
      if ($isOther) { add(found, $path, "enum", { allowedValues: $values }); }`),
    "listed($field, $step, found, $base, $values);",
  ],
  [integerWith(""), "integer($field, $step, found, $base);"],
  [
    integerWith(`if (typeof $value == "number" && isFinite($value)) {
      if ($value > $most || isNaN($value)) { add(found, $path, "maximum", { comparison: "<=", limit: $most }); }
      if ($value < $least || isNaN($value)) { add(found, $path, "minimum", { comparison: ">=", limit: $least }); }
    }`),
    "integer($field, $step, found, $base, $most, $least);",
  ],
  [
    field(`let $value = $field; if (isObject($value)) {} else { ${wrong("object")} }`),
    "object($field, $step, found, $base);",
  ],
  [
    field(`let $value = $field; if (!isObject($value)) { ${wrong("object")} }`),
    "object($field, $step, found, $base);",
  ],
].map((sources) => sources.map(statements));

/** Replaces sequences of statements. */
function replaceStatements(program, rules) {
  visit(program, ({ body }) => {
    if (!Array.isArray(body)) return;
    for (let index = 0; index < body.length; index += 1) {
      for (const [before, after] of rules) {
        const holes = match(before, body.slice(index, index + before.length));
        if (holes) body.splice(index, before.length, ...fill(after, holes));
      }
    }
  });
}
