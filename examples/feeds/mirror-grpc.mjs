// Copies a timeline to a file over gRPC: a line an event, as JSON. The file is its own
// checkpoint.
//
//   npm install @grpc/grpc-js@1.14.7 @grpc/proto-loader@0.8.1
//   node mirror-grpc.mjs 127.0.0.1:7172 venezuela-2026 mirror.jsonl ANNALS
//
// ANNALS is the folder that has proto/annals/v1.
import fs from 'node:fs';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const [address, timeline, path, annals] = process.argv.slice(2);
const {v1} = grpc.loadPackageDefinition(protoLoader.loadSync('proto/annals/v1/service.proto', {
  includeDirs: [annals], keepCase: true, longs: Number, enums: String, bytes: String, oneofs: true,
})).annals;
// A connection that died is noticed within a minute.
const client = new v1.Timelines(address, grpc.credentials.createInsecure(), {
  'grpc.keepalive_time_ms': 40_000, 'grpc.keepalive_timeout_ms': 20_000,
});

// What was received: every whole line. One that a crash cut short was not.
const file = fs.openSync(path, 'a+');
const text = fs.readFileSync(path, 'utf8');
const whole = text.slice(0, text.lastIndexOf('\n') + 1);
fs.ftruncateSync(file, Buffer.byteLength(whole));
let last = whole ? JSON.parse(whole.trimEnd().split('\n').at(-1)).position : 0;
let pause = 500;

// These pass by themselves: the server goes away, is busy, or cuts who reads too slowly.
const passing = [grpc.status.UNAVAILABLE, grpc.status.RESOURCE_EXHAUSTED, grpc.status.DEADLINE_EXCEEDED];

function follow() {
  const feed = client.Subscribe({timeline, after: last});
  feed.on('data', ({items}) => {
    pause = 500;
    const events = items.filter(({item}) => item === 'event').map(({event}) => event);
    if (events.length === 0) return;
    fs.writeSync(file, events.map((event) => JSON.stringify(event) + '\n').join(''));
    fs.fdatasyncSync(file);
    last = events.at(-1).position;
  });
  feed.on('error', () => {}); // 'status' says the same.
  feed.on('status', ({code, details}) => {
    console.error(`${grpc.status[code]}: ${details}`);
    if (!passing.includes(code)) process.exit(1);
    setTimeout(follow, pause * (0.5 + Math.random() / 2));
    pause = Math.min(2 * pause, 30_000);
  });
}

follow();
