// Checks inclusion proofs and checkpoints with the functions by which npm's package
// `@sigstore/verify` checks those of Sigstore's log.
//
//   node check_proofs.js < CASES
//
// CASES: {"key": base64 of the Ed25519 key's DER, "keyHash": hex, "cases": [{"leaf", "index",
// "size", "root", "hashes", "note"} …]}, bytes in base64. A line a case: "ok", or why not.
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const dist = path.join(require.resolve('@sigstore/verify'), '..', 'timestamp');
const {verifyMerkleInclusion} = require(path.join(dist, 'merkle.js'));
const {verifyCheckpoint} = require(path.join(dist, 'checkpoint.js'));

const bytes = (text) => Buffer.from(text, 'base64');
const {key, keyHash, cases} = JSON.parse(fs.readFileSync(0, 'utf-8'));
const logs = [{
  logID: Buffer.from(keyHash, 'hex'),
  publicKey: crypto.createPublicKey({key: bytes(key), format: 'der', type: 'spki'}),
  validFor: {start: new Date(0), end: new Date(8.64e15)},
}];

for (const {leaf, index, size, root, hashes, note} of cases) {
  const entry = {
    canonicalizedBody: bytes(leaf),
    integratedTime: '1',
    inclusionProof: {
      logIndex: String(index),
      treeSize: String(size),
      rootHash: bytes(root),
      hashes: hashes.map(bytes),
      checkpoint: {envelope: note},
    },
  };
  try {
    verifyMerkleInclusion(entry);
    verifyCheckpoint(entry, logs);
    console.log('ok');
  } catch (error) {
    console.log(error.message);
  }
}
