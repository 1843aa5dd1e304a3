// node parse.mjs DOCUMENT: what AsyncAPI's own parser thinks of it, as JSON on one line.
// {errors: [{path, message}], warnings: [...], messages: [names], operations: n}

import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const [path] = process.argv.slice(2);
const { document, diagnostics } = await new Parser().parse(readFileSync(path, "utf8"));
const told = (severity) =>
  diagnostics
    .filter((one) => (severity === 0 ? one.severity === 0 : one.severity > 0))
    .map((one) => ({ path: one.path.join("/"), message: one.message }));

console.log(
  JSON.stringify({
    errors: told(0),
    warnings: told(1),
    messages: document ? document.allMessages().all().map((one) => one.id()) : [],
    operations: document ? document.allOperations().all().length : 0,
  }),
);
