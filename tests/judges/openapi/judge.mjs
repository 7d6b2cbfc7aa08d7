// Judges every NAME.openapi.json (or openapi.json) of a folder as a whole OpenAPI document, each example in it by ajv, and so each
// NAME.request.sample.json and NAME.response.sample.json beside it. Prints a line PASS or FAIL a document; arguments: folder, node_modules.
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const { Validator } = await import('file://' + require.resolve('@seriousme/openapi-schema-validator'));
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

function validator(document, schema) {
  const ajv = addFormats(new Ajv({ strict: false, logger: false, allErrors: true, unicodeRegExp: true }));
  return ajv.compile({ ...schema, components: document.components });
}

function judge(file) {
  const document = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const faults = [];
  const ids = new Set();
  const check = (what, schema, values) => {
    const isValid = validator(document, schema);
    for (const [name, value] of values) {
      if (!isValid(value)) faults.push(`${what} ${name}: ${JSON.stringify(isValid.errors.slice(0, 3))}`);
    }
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (ids.has(operation.operationId)) faults.push(`operationId ${operation.operationId} twice`);
      ids.add(operation.operationId);
      const bodies = [['request', operation.requestBody], ...Object.entries(operation.responses)];
      for (const [side, body] of bodies) {
        for (const [type, media] of Object.entries(body?.content ?? {})) {
          const values = Object.entries(media.examples ?? {}).map(([name, example]) => [name, example.value]);
          if ('example' in media) values.push(['example', media.example]);
          if (type === 'application/json' && Object.keys(document.paths).length === 1 && (side === 'request' || side === '200')) {
            const sample = file.replace(/\.?openapi\.json$/, `.${side === 'request' ? 'request' : 'response'}.sample.json`);
            if (readdirSync(folder).includes(sample)) values.push([sample, JSON.parse(readFileSync(join(folder, sample), 'utf8'))]);
          }
          if (media.schema) check(`${method} ${path} ${side} ${type}`, media.schema, values);
        }
      }
    }
  }
  return faults;
}

const files = readdirSync(folder).filter((file) => file.endsWith('openapi.json')).sort();
let failed = files.length === 0;
for (const file of files) {
  let faults;
  try {
    const whole = new Validator();
    const result = await whole.validate(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    faults = result.valid ? judge(file) : [JSON.stringify(result.errors).slice(0, 500)];
  } catch (error) {
    faults = [String(error)];
  }
  console.log(`${faults.length === 0 ? 'PASS' : 'FAIL'} ${file} ${faults.slice(0, 5).join(' | ')}`);
  failed ||= faults.length > 0;
}
process.exit(failed ? 1 : 0);
