// The contract as TypeScript types: the output of openapi-typescript, with an interface for each object of the
// contract, and the types of each operation.
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { banner, mapSchema, operationsOf, visitDocument } from "./contract.mjs";
import { literal } from "./source.mjs";

export async function typesSource(contract) {
  // A choice that says only which fields are required would turn the whole type into `unknown`.
  const typed = structuredClone(contract);
  typed.components.schemas = Object.fromEntries(
    Object.entries(typed.components.schemas).map(([name, schema]) => [
      name,
      mapSchema(schema, withoutRequiredChoice),
    ]),
  );
  const nodes = await openapiTS(typed, { defaultNonNullable: false, alphabetize: false }).catch(
    (error) => {
      throw error instanceof URIError ? malformedName(contract) : error;
    },
  );
  return `${banner}\n${astToString(withInterfaces(nodes))}${operationTypes(contract)}`;
}

/** openapi-typescript decodes names as parts of a URI, and does not say which one is malformed. */
function malformedName(contract) {
  let place = "a name";
  visitDocument(contract, (node, at) => {
    const names = [...Object.keys(node), typeof node.name === "string" ? node.name : ""];
    const found = names.find((name) => name.includes("%"));
    if (found !== undefined && place === "a name") place = `${at}: the name ${literal(found)}`;
  });
  return new Error(
    `${place} has a percent sign, which must begin an escape such as %20: remove it`,
  );
}

function withoutRequiredChoice({ anyOf, ...schema }) {
  const onlyRequires = anyOf?.every((choice) => Object.keys(choice).join() === "required");
  return anyOf === undefined || onlyRequires ? schema : { ...schema, anyOf };
}

/** Makes an interface of each object among the component schemas, because editors show an interface by its name. */
function withInterfaces(nodes) {
  const taken = namesIn(nodes);
  const interfaces = [];
  const hoist = (schema) => {
    const name = schema.name.text;
    if (!ts.isTypeLiteralNode(schema.type) || !/^[A-Z]\w*$/.test(name) || taken.has(name))
      return schema;
    interfaces.push(interfaceOf(name, schema));
    const reference = ts.factory.createTypeReferenceNode(name);
    return ts.factory.createPropertySignature(undefined, schema.name, undefined, reference);
  };
  const changed = nodes.map((node) =>
    isInterface(node, "components") ? mapMembers(node, "schemas", hoist) : node,
  );
  return [...changed, ...interfaces];
}

/** The interface in which `change` has replaced each member of the object type that one property has. */
function mapMembers(declaration, property, change) {
  const isProperty = (node) =>
    ts.isPropertySignature(node) && ts.isIdentifier(node.name) && node.name.text === property;
  const inType = (node) => (ts.isTypeLiteralNode(node) ? mapChildren(node, change) : node);
  return mapChildren(declaration, (node) => (isProperty(node) ? mapChildren(node, inType) : node));
}

function mapChildren(node, change) {
  return ts.visitEachChild(node, change, undefined);
}

function isInterface(node, name) {
  return ts.isInterfaceDeclaration(node) && node.name.text === name;
}

/** The names that types declare or refer to. */
function namesIn(nodes) {
  const names = new Set(["NonNullable", "OperationTypes", "Record"]);
  const visit = (node) => {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      names.add(node.name.text);
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName))
      names.add(node.typeName.text);
    ts.forEachChild(node, visit);
  };
  nodes.forEach(visit);
  return names;
}

function interfaceOf(name, schema) {
  const declaration = ts.factory.createInterfaceDeclaration(
    [ts.factory.createModifier(ts.SyntaxKind.ExportKeyword)],
    name,
    undefined,
    undefined,
    schema.type.members,
  );
  return ts.setSyntheticLeadingComments(declaration, ts.getSyntheticLeadingComments(schema));
}

/** What each operation takes and returns: the types that the validators prove. */
function operationTypes(contract) {
  const members = operationsOf(contract).map(
    (operation) => `    readonly ${operation.id}: {
        readonly parameters: {
            readonly path: ${parametersIn("path", operation)};
            readonly query: ${parametersIn("query", operation)};
        };
        readonly request: ${requestType(operation)};
        readonly response: ${operationType(operation)}["responses"][${operation.success}]${JSON_CONTENT};
    };`,
  );
  return `/** What each operation takes and returns. */
export interface OperationTypes {
${members.join("\n")}
}
`;
}

const JSON_CONTENT = '["content"]["application/json"]';

function operationType({ id }) {
  return `operations[${literal(id)}]`;
}

function parametersIn(place, operation) {
  if (!operation.parameters.some((parameter) => parameter.in === place))
    return "Record<string, never>";
  return `NonNullable<${operationType(operation)}["parameters"][${literal(place)}]>`;
}

function requestType(operation) {
  if (!operation.request) return "undefined";
  const body = `${operationType(operation)}["requestBody"]`;
  return operation.isBodyOptional
    ? `NonNullable<${body}>${JSON_CONTENT}`
    : `${body}${JSON_CONTENT}`;
}
