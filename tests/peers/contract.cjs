// Makes an OpenAPI document of types that others generate, day by day, from the one that a vendor publishes: the document is the
// vendor's, and is in no package; its types are. What is in them is judged: which calls there are, what they take and answer, what
// must be there, which words there may be. What types cannot say is not: how long a text may be, and what it looks like.
//
//   node tests/peers/contract.cjs <folder with node_modules> <file of types> <address of the server> >contract.json
//
// Two ways of writing them are read: openapi-typescript's (`paths`, `components`), and that of discord-api-spec (`Paths`, and each
// schema by its own name).
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const [, , node, types, server] = process.argv;
const ts = require(path.join(path.resolve(node), "node_modules", "typescript"));
const Kind = ts.SyntaxKind;

const METHODS = ["get", "put", "post", "delete", "patch"];
const source = ts.createSourceFile(types, fs.readFileSync(types, "utf8"), ts.ScriptTarget.Latest, true);

// Everything that has a name there: interfaces, types, and enumerations.
const named = new Map(source.statements.filter((one) => one.name?.text).map((one) => [one.name.text, one]));
// What is of use to a document: its schemas, each once it is spoken of.
const schemas = {};

const key = (member) => member.name.text;
const members = (type) => new Map((type?.members ?? []).filter((one) => one.name).map((one) => [key(one), one]));
const isNothing = (type) => !type || [Kind.NeverKeyword, Kind.UndefinedKeyword, Kind.UnknownKeyword].includes(type.kind);
const literal = (type) => (type?.kind === Kind.LiteralType ? type.literal.text : undefined);

// `components["schemas"]["account"]`: the path to it.
function steps(type) {
  if (type.kind !== Kind.IndexedAccessType) return [type.typeName.text];
  return [...steps(type.objectType), literal(type.indexType)];
}

// What a path leads to, through interfaces and the types of their members.
function found([first, ...rest]) {
  const begin = named.get(first);
  return rest.reduce((type, step) => members(type).get(step)?.type, begin.type ?? begin);
}

// A reference to a schema, which is taken into the document with it.
function reference(type) {
  const way = steps(type);
  const name = way.at(-1);
  if (!(name in schemas)) {
    schemas[name] = {};
    const there = found(way);
    Object.assign(schemas[name], there.kind === Kind.EnumDeclaration ? enumeration(there) : schema(guessed(there, name)));
  }
  return { $ref: `#/components/schemas/${name}` };
}

function enumeration(one) {
  const value = (member) => (member.initializer.kind === Kind.StringLiteral ? member.initializer.text : Number(member.initializer.getText()));
  return { enum: one.members.map(value) };
}

// One word of an enumeration: `ComponentType.Button`.
function word(name) {
  const one = named.get(name.left.text).members.find((member) => key(member) === name.right.text);
  return constant(one.initializer);
}

// openapi-typescript takes the name of a schema for the word that tells it from others, which the vendor's document does not say:
// `{ type: "account" } & …`, where Bitbucket answers `user`.
function guessed(type, name) {
  if (type.kind !== Kind.IntersectionType) return type;
  const isGuess = (one) => one.members?.length === 1 && literal(one.members[0].type) === name;
  return { kind: Kind.IntersectionType, types: type.types.filter((one) => !isGuess(one)) };
}

const PLAIN = {
  [Kind.StringKeyword]: { type: "string" },
  [Kind.NumberKeyword]: { type: "number" },
  [Kind.BooleanKeyword]: { type: "boolean" },
  [Kind.TemplateLiteralType]: { type: "string" },
  [Kind.UnknownKeyword]: {},
  [Kind.AnyKeyword]: {},
  [Kind.NeverKeyword]: { not: {} },
};

// A type as a schema.
function schema(type) {
  switch (type.kind) {
    case Kind.ParenthesizedType:
    case Kind.TypeOperator:
      return schema(type.type);
    case Kind.LiteralType:
      return constant(type.literal);
    case Kind.ArrayType:
      return { type: "array", items: schema(type.elementType) };
    case Kind.TupleType:
      return { type: "array" };
    case Kind.UnionType:
      return { anyOf: type.types.filter((one) => one.kind !== Kind.UndefinedKeyword).map(schema) };
    case Kind.IntersectionType:
      return { allOf: type.types.map(schema) };
    case Kind.TypeLiteral:
    case Kind.InterfaceDeclaration:
      return object(type);
    case Kind.IndexedAccessType:
      return reference(type);
    case Kind.TypeReference:
      return type.typeName.kind === Kind.QualifiedName ? word(type.typeName) : generic(type);
    default:
      if (type.kind in PLAIN) return PLAIN[type.kind];
      throw new Error(`not read yet: ${Kind[type.kind]}, ${type.getText()}`);
  }
}

function constant(value) {
  if (value.kind === Kind.NullKeyword) return { type: "null" };
  if (value.kind === Kind.TrueKeyword || value.kind === Kind.FalseKeyword) return { const: value.kind === Kind.TrueKeyword };
  return { const: value.kind === Kind.StringLiteral ? value.text : Number(value.getText()) };
}

function object(type) {
  const all = [...members(type).values()].filter((one) => one.type.kind !== Kind.NeverKeyword);
  const others = type.members.find((one) => one.kind === Kind.IndexSignature);
  const required = all.filter((one) => !one.questionToken).map(key);
  const properties = Object.fromEntries(all.map((one) => [key(one), schema(one.type)]));
  const made = { type: "object", properties, ...(others ? { additionalProperties: schema(others.type) } : {}) };
  return required.length > 0 ? { ...made, required } : made;
}

// `Readonly<X>` is X; what `Omit` leaves out stands beside it anew, and is judged there.
function generic(type) {
  const [first, second] = type.typeArguments ?? [];
  switch (type.typeName.text) {
    case "Record":
      return isNothing(second) ? { type: "object" } : { type: "object", additionalProperties: schema(second) };
    case "Readonly":
    case "Omit":
      return schema(first);
    case "Array":
      return { type: "array", items: schema(first) };
    default:
      return reference(type);
  }
}

const content = (kinds) => Object.fromEntries([...kinds].map(([kind, one]) => [kind, { schema: schema(one.type) }]));

// What is sent or answered: by its kinds of content, where they are named, else as JSON.
function body(type) {
  if (isNothing(type)) return undefined;
  const whole = type.kind === Kind.IndexedAccessType && steps(type)[1] !== "schemas" ? found(steps(type)) : type;
  const parts = members(whole).get("content");
  if (!parts) return { "application/json": { schema: schema(whole) } };
  return isNothing(parts.type) ? undefined : content(members(parts.type));
}

function parameters(type) {
  const of = (place) => [...members(members(type).get(place)?.type).values()].map((one) => ({
    name: key(one), in: place, required: place === "path" || !one.questionToken, schema: schema(one.type),
  }));
  return [...of("path"), ...of("query")];
}

function operation(type) {
  const parts = members(type.kind === Kind.IndexedAccessType ? found(steps(type)) : type);
  const takes = parts.get("requestBody");
  const sent = takes && body(takes.type);
  const responses = {};
  for (const [status, answer] of members(parts.get("responses").type)) {
    const answered = body(answer.type);
    responses[status] = { description: status, ...(answered ? { content: answered } : {}) };
  }
  return {
    parameters: parameters(parts.get("parameters")?.type),
    ...(sent ? { requestBody: { required: !takes.questionToken, content: sent } } : {}),
    responses,
  };
}

const paths = {};
for (const [address, item] of members(named.get("paths") ?? named.get("Paths"))) {
  const all = [...members(item.type)].filter(([method, one]) => METHODS.includes(method) && !isNothing(one.type));
  paths[address] = Object.fromEntries(all.map(([method, one]) => [method, operation(one.type)]));
}
const info = { title: path.basename(types), version: "1" };
process.stdout.write(JSON.stringify({ openapi: "3.1.0", info, servers: [{ url: server }], paths, components: { schemas } }));
