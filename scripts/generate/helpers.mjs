/** The functions that compact validators call. */
export const HELPERS = `
const isObject = (value) => typeof value == "object" && value !== null && !Array.isArray(value);

const { isInteger } = Number;

/** Adds a problem. */
const add = (found, instancePath, keyword, params) => {
  found.push({ instancePath, keyword, params });
};

/** A validator from a function that adds the problems of a value. */
const validator = (check): Validator<any> => {
  const validate = (value) => {
    const found = [];
    check(value, "", found);
    validate.errors = found.length > 0 ? found : null;
    return found.length === 0;
  };
  return validate;
};

/** The length in characters, as JSON Schema counts them: a surrogate pair is one. */
const lengthOf = (text) => (/[\\ud800-\\udbff]/.test(text) ? [...text].length : text.length);

/** A key as a step of a JSON pointer. */
const step = (key) => "/" + key.replace(/~/g, "~0").replace(/\\//g, "~1");

const required = (value, missingProperty, found, path) => {
  if (value === undefined) add(found, path, "required", { missingProperty });
};

const wrong = (found, path, type) => add(found, path, "type", { type });

const string = (value, path, found) => {
  if (typeof value != "string") wrong(found, path, "string");
};

const among = (value, found, path, allowedValues) => {
  if (!allowedValues.includes(value)) add(found, path, "enum", { allowedValues });
};

// Each of the following checks a field. A field that is absent fits.

const inner = (value, step, found, path, check) => {
  if (value !== undefined) check(value, path + step, found);
};

/** Whether a value is text. */
const isText = (value, step, found, path) => {
  if (typeof value == "string") return true;
  if (value !== undefined) wrong(found, path + step, "string");
  return false;
};

const typed = (value, step, found, path, type) => {
  if (value !== undefined && typeof value !== type) wrong(found, path + step, type);
};

const items = (value, step, found, path, check, most = Infinity) => {
  if (value === undefined) return;
  if (!Array.isArray(value)) return wrong(found, path + step, "array");
  const place = path + step + "/";
  for (let index = 0; index < value.length && found.length < most; index++) check(value[index], place + index, found);
};

const object = (value, step, found, path) => {
  if (value !== undefined && !isObject(value)) wrong(found, path + step, "object");
};

const text = (value, step, found, path, most, least) => {
  if (!isText(value, step, found, path)) return;
  if (value.length > most && lengthOf(value) > most) add(found, path + step, "maxLength", { limit: most });
  if (least > 0 && lengthOf(value) < least) add(found, path + step, "minLength", { limit: least });
};

const matching = (value, step, found, path, keyword, rule, regexp) => {
  if (isText(value, step, found, path) && !regexp.test(value)) add(found, path + step, keyword, { [keyword]: rule });
};

const listed = (value, step, found, path, allowedValues) => {
  isText(value, step, found, path);
  if (value !== undefined) among(value, found, path + step, allowedValues);
};

const integer = (value, step, found, path, most, least) => {
  if (value === undefined) return;
  if (!isInteger(value)) wrong(found, path + step, "integer");
  if (typeof value != "number" || !isFinite(value)) return;
  if (value > most) add(found, path + step, "maximum", { comparison: "<=", limit: most });
  if (value < least) add(found, path + step, "minimum", { comparison: ">=", limit: least });
};

const closed = (found, value, path, names) => {
  for (const key in value)
    if (!names.includes(key)) add(found, path, "additionalProperties", { additionalProperty: key });
};
`;
