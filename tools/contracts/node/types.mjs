// node types.mjs SCHEMAS OUT: OUT/<service>.ts for every SCHEMAS/<service>.json.
// Each file has an interface for every message and part, and `<Service>Messages`: type -> message.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "json-schema-to-typescript";

const [schemas, out] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
for (const file of readdirSync(schemas).filter((name) => name.endsWith(".json")).sort()) {
  const service = file.slice(0, -".json".length);
  const { $defs } = JSON.parse(readFileSync(join(schemas, file), "utf8"));
  const types = Object.keys($defs).filter((name) => $defs[name]["x-kind"]);
  const name = `${service[0].toUpperCase()}${service.slice(1)}Messages`;
  const all = {
    title: name,
    description: `Every message of the ${service} service by its type.`,
    type: "object",
    additionalProperties: false,
    required: types,
    properties: Object.fromEntries(types.map((type) => [type, { $ref: `#/$defs/${type}` }])),
    $defs,
  };
  const made = await compile(all, name, {
    bannerComment: "",
    additionalProperties: false, // what a contract does not name is nobody's to read
    ignoreMinAndMaxItems: true, // plain arrays: tuples of every length are no help
  });
  writeFileSync(join(out, `${service}.ts`), made);
  console.log(`${service}.ts: ${types.length} messages`);
}
