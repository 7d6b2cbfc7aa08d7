// Signs and verifies with an implementation of RFC 9421 that is not ours. JSON in, JSON out; the module's folder is the argument.
const crypto = require('node:crypto');
const path = require('node:path');
const { httpbis, createSigner, createVerifier } = require(path.join(process.argv[2], 'http-message-signatures'));

async function main() {
  const job = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  if (job.mode === 'verify') {
    const verify = createVerifier(crypto.createPublicKey(job.key), job.alg);
    const config = { keyLookup: async () => ({ id: 'any', algs: [job.alg], verify }), tolerance: 1e9, all: true };
    const isValid = job.request
      ? await httpbis.verifyMessage(config, job.message, job.request)
      : await httpbis.verifyMessage(config, job.message);
    return { valid: isValid === true };
  }

  const digest = crypto.createHash('sha256').update(job.body).digest('base64');
  job.message.headers['Content-Digest'] = `sha-256=:${digest}:`;
  const signed = await httpbis.signMessage({
    key: createSigner(job.key, job.alg, job.keyid),
    name: job.label,
    fields: job.fields,
    params: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
    paramValues: { created: new Date(job.created * 1000), expires: new Date(job.expires * 1000), nonce: job.nonce, tag: 'tunduk-adapter' },
  }, job.message, job.request);
  return { headers: signed.headers };
}

main().then((result) => console.log(JSON.stringify(result)), (fault) => { console.error(fault); process.exit(1); });
