// Signs and verifies XML signatures with an implementation that is not ours. JSON in, JSON out; the module's folder is the argument.
const path = require('node:path');
const { SignedXml } = require(path.join(process.argv[2], 'xml-crypto'));
const { DOMParser } = require(path.join(process.argv[2], '@xmldom/xmldom'));

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

function verify(job) {
  const document = new DOMParser().parseFromString(job.message, 'text/xml');
  const signature = document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')[0];
  const signed = new SignedXml({ publicCert: job.certificate, idMode: 'wssecurity', getCertFromKeyInfo: () => null });
  signed.loadSignature(signature);
  return { valid: signed.checkSignature(job.message), references: signed.getSignedReferences().length };
}

function sign(job) {
  const signed = new SignedXml({
    privateKey: job.key,
    signatureAlgorithm: job.algorithm,
    canonicalizationAlgorithm: EXCLUSIVE,
    idMode: 'wssecurity',
    getKeyInfoContent: () => job.keyInfo,
  });
  for (const id of job.ids) {
    signed.addReference({ xpath: `//*[@*[local-name(.)='Id']='${id}']`, transforms: [EXCLUSIVE], digestAlgorithm: job.digest });
  }

  signed.computeSignature(job.message, { prefix: 'ds', location: { reference: "//*[local-name(.)='Security']", action: 'append' } });
  return { message: signed.getSignedXml() };
}

try {
  const job = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  console.log(JSON.stringify(job.mode === 'verify' ? verify(job) : sign(job)));
} catch (fault) {
  console.error(fault);
  process.exit(1);
}
