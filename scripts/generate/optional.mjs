// Lists the fields that responses may leave out. A server may also send `null` for such a field: it means the same.
import { deref } from "./contract.mjs";
import { literal, record } from "./source.mjs";

/**
 * Collects the optional fields of schemas, as constants that refer to each other.
 *
 * @param contract the bundled document
 */
export function optionalFields(contract) {
  /** @type {Map<string, string>} */
  const constants = new Map();
  /** Schemas that refer to each other form many paths, so each schema is read only once. */
  const known = new Map();

  /** The name of the constant for a schema; `undefined` when nothing in it may be left out. */
  function nameFor(schema, above = []) {
    const node = deref(contract, schema);
    if (node === undefined || isSigned(node)) return undefined;
    if (above.includes(node))
      throw new Error("A response contains itself, so its optional fields have no end");
    if (!known.has(node)) known.set(node, nameOf(node, above));
    return known.get(node);
  }

  function nameOf(node, above) {
    const inside = (part) => nameFor(part, [...above, node]);
    const { properties = {}, required = [], items, additionalProperties } = node;
    const member = additionalProperties instanceof Object ? additionalProperties : undefined;
    const fields = Object.entries(properties)
      .filter(([name, field]) => !required.includes(name) && !takesNull(deref(contract, field)))
      .map(([name]) => name);
    const within = Object.entries(properties)
      .map(([name, field]) => [name, inside(field)])
      .filter(([, constant]) => constant !== undefined);
    const each = inside(items ?? member);
    const parts = [
      ...(fields.length > 0 ? [["fields", literal(fields)]] : []),
      ...(within.length > 0 ? [["within", record(within)]] : []),
      ...(each !== undefined ? [["each", each]] : []),
    ];
    if (parts.length === 0) return undefined;
    const text = record(parts);
    if (!constants.has(text)) constants.set(text, `optional${constants.size}`);
    return constants.get(text);
  }

  return {
    nameFor,
    /** The declarations of the constants, each after those that it refers to. */
    source: () =>
      [...constants].map(([text, name]) => `const ${name}: Optional = ${text};`).join("\n"),
  };
}

/** A signature covers every member of its object, so that none of them may be removed. */
export function isSigned({ required }) {
  return required?.includes("signature") ?? false;
}

function takesNull({ type }) {
  return [type].flat().includes("null");
}
