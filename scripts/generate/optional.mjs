// Which fields of the responses may be left out: servers write `null` for some of them, and it means the same.
import { deref } from "./contract.mjs";

/**
 * Collects the optional fields of schemas, as constants that refer to each other.
 *
 * @param contract the bundled document
 */
export function optionalFields(contract) {
  /** @type {Map<string, string>} */
  const constants = new Map();

  /** The name of the constant for a schema; `undefined` when nothing in it may be left out. */
  function nameFor(schema, above = []) {
    const node = deref(contract, schema);
    if (node === undefined || isSigned(node)) return undefined;
    if (above.includes(node)) throw new Error("A response holds itself: its nulls have no end");
    const inside = (part) => nameFor(part, [...above, node]);
    const { properties = {}, required = [], items, additionalProperties } = node;
    const member = additionalProperties instanceof Object ? additionalProperties : undefined;
    const fields = Object.entries(properties)
      .filter(([name, field]) => !required.includes(name) && !takesNull(deref(contract, field)))
      .map(([name]) => JSON.stringify(name));
    const within = Object.entries(properties)
      .map(([name, field]) => [JSON.stringify(name), inside(field)])
      .filter(([, constant]) => constant !== undefined)
      .map((entry) => entry.join(": "));
    const each = inside(items ?? member);
    const parts = [
      fields.length > 0 && `fields: [${fields.join(", ")}]`,
      within.length > 0 && `within: { ${within.join(", ")} }`,
      each !== undefined && `each: ${each}`,
    ].filter(Boolean);
    if (parts.length === 0) return undefined;
    const text = `{ ${parts.join(", ")} }`;
    if (!constants.has(text)) constants.set(text, `optional${constants.size}`);
    return constants.get(text);
  }

  return {
    nameFor,
    /** The constants, each after those that it refers to. */
    source: () =>
      [...constants].map(([text, name]) => `const ${name}: Optional = ${text};`).join("\n"),
  };
}

/** What carries a signature is signed with all its members, so that none of them may be taken out. */
export function isSigned({ required }) {
  return required?.includes("signature") ?? false;
}

function takesNull({ type }) {
  return [type].flat().includes("null");
}
