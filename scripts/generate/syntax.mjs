// Patterns over the syntax tree of JavaScript (ESTree). A pattern and its replacement are code with holes: `$value`
// stands for any expression, and for the same expression wherever it appears.
import { parse, parseExpressionAt } from "acorn";
import { walk } from "estree-walker";

/** @type {import("acorn").Options} */
const options = { ecmaVersion: 2022, sourceType: "module", allowReturnOutsideFunction: true };

/** @returns {any} */
export function parseModule(source) {
  return parse(source, options);
}

/**
 * The tree of one expression, such as a literal.
 *
 * @returns {any}
 */
export function expression(source) {
  return parseExpressionAt(source, 0, options);
}

/**
 * The trees of statements.
 *
 * @returns {any[]}
 */
export function statements(source) {
  return parse(source, options).body;
}

/**
 * Visits each node with its parent, from the outermost in. A node that `enter` returns takes the place of the one it
 * was given.
 *
 * @param {any} tree
 * @param {(node: any, parent: any) => any} enter
 */
export function visit(tree, enter) {
  walk(tree, {
    enter(node, parent) {
      const other = enter(node, parent);
      if (other !== undefined) this.replace(other);
    },
  });
}

/** Fills the holes of a tree; returns a new tree. */
export function fill(template, holes) {
  if (Array.isArray(template)) return template.map((item) => fill(item, holes));
  if (!isNode(template)) return template;
  if (isHole(template)) return holes[template.name];
  return Object.fromEntries(
    Object.entries(template).map(([field, part]) => [field, fill(part, holes)]),
  );
}

/** The expressions in the holes of a pattern; `undefined` if the tree does not match. */
export function match(pattern, tree) {
  const holes = {};
  return fits(pattern, tree, holes) ? holes : undefined;
}

function fits(pattern, tree, holes) {
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(tree) &&
      tree.length === pattern.length &&
      pattern.every((item, index) => fits(item, tree[index], holes))
    );
  }
  if (pattern instanceof RegExp) return String(pattern) === String(tree);
  if (pattern === null || typeof pattern !== "object") return pattern === tree;
  if (tree === null || typeof tree !== "object") return false;
  if (isHole(pattern)) {
    const known = holes[pattern.name];
    holes[pattern.name] ??= tree;
    return known === undefined || fits(known, tree, {});
  }
  return Object.keys(pattern).every(
    (field) => NOT_COMPARED.includes(field) || fits(pattern[field], tree[field], holes),
  );
}

/** Whether a node is the name of a property, which is no variable. */
export function isName(node, parent) {
  if (parent?.type === "MemberExpression") return parent.property === node && !parent.computed;
  return (
    parent?.type === "Property" && parent.key === node && !parent.computed && !parent.shorthand
  );
}

/** Where a node stands in its source, and how it is spelt. */
const NOT_COMPARED = ["start", "end", "raw", "shorthand"];

function isNode(value) {
  return typeof value === "object" && value !== null && !(value instanceof RegExp);
}

function isHole(node) {
  return node.type === "Identifier" && node.name.startsWith("$");
}
