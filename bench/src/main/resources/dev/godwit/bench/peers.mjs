// Does the bench's edits of a text with the engines that a folder of modules holds: node peers.mjs MODULES FOLDER.
// Says which there are; then, for each name on a line of standard input, does one round and says what it took.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [modules, folder] = process.argv.slice(2);
const require = createRequire(join(modules, 'none.js'));
const read = (name) => readFileSync(join(folder, name), 'utf8');
const plain = (text) => text.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c === 'r' ? '\r' : c));
const edits = (name) =>
  read(name)
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'))
    .map(([at, gone, ...text]) => [Number(at), Number(gone), plain(text.join('\t'))]);

const session = edits('session.tsv');
const even = edits('even.tsv');
const odd = edits('odd.tsv');
const wantedText = read('text.txt');
const wantedMerged = read('merged.txt');

function timed(work) {
  const begun = process.hrtime.bigint();
  const result = work();
  return [Number(process.hrtime.bigint() - begun) / 1e6, result];
}

function apply(text, list) {
  for (const [at, gone, come] of list) {
    if (gone > 0) text.delete(at, gone);
    if (come.length > 0) text.insert(at, come);
  }
}

function yjs(Y) {
  const fresh = () => {
    const doc = new Y.Doc();
    doc.gc = false; // the whole history, as the others keep it
    return doc;
  };
  // an edit a transaction: it joins what belongs together after each, and is slower with all in one
  const write = (doc, list) => apply(doc.getText('text'), list);
  const written = fresh();
  const [applied, text] = timed(() => {
    write(written, session);
    return written.getText('text').toString();
  });
  const bytes = Y.encodeStateAsUpdateV2(written);
  const load = () => {
    const doc = fresh();
    Y.applyUpdateV2(doc, bytes);
    return doc;
  };
  const [opened, [mine, again]] = timed(() => {
    const doc = load();
    return [doc, doc.getText('text').toString()];
  });
  const theirs = load();
  const version = Y.encodeStateVector(mine);
  write(mine, even);
  write(theirs, odd);
  const update = Y.encodeStateAsUpdateV2(theirs, version);
  const [merge, merged] = timed(() => {
    Y.applyUpdateV2(mine, update);
    return mine.getText('text').toString();
  });
  return [applied, bytes.length, opened, merge, text, again, merged];
}

function loro({ LoroDoc }) {
  const write = (doc, list) => {
    apply(doc.getText('text'), list);
    doc.commit();
  };
  const written = new LoroDoc();
  const [applied, text] = timed(() => {
    write(written, session);
    return written.getText('text').toString();
  });
  const bytes = written.export({ mode: 'snapshot' });
  const load = () => LoroDoc.fromSnapshot(bytes);
  const [opened, [mine, again]] = timed(() => {
    const doc = load();
    return [doc, doc.getText('text').toString()];
  });
  const theirs = load();
  const version = mine.version();
  write(mine, even);
  write(theirs, odd);
  const update = theirs.export({ mode: 'update', from: version });
  const [merge, merged] = timed(() => {
    mine.import(update);
    return mine.getText('text').toString();
  });
  return [applied, bytes.length, opened, merge, text, again, merged];
}

const engines = new Map();
for (const [name, module, round] of [
  ['Yjs', 'yjs', yjs],
  ['Loro', 'loro-crdt', loro],
]) {
  try {
    const loaded = require(module);
    engines.set(name, () => round(loaded));
  } catch {
    // not in that folder
  }
}
console.log([...engines.keys()].join(','));

for await (const name of createInterface({ input: process.stdin })) {
  const [applied, bytes, opened, merge, text, again, merged] = engines.get(name)();
  const right = text === wantedText && again === wantedText && merged === wantedMerged;
  console.log([applied, bytes, opened, merge, right ? '' : 'another text'].join('\t'));
}
