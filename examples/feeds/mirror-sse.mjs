// Copies a timeline to a file: a line an event, as JSON. The file is its own checkpoint.
//
//   npm install eventsource@3.0.7
//   node mirror-sse.mjs http://127.0.0.1:7171/v1/timelines/venezuela-2026/feed mirror.jsonl
import fs from 'node:fs';
import {EventSource} from 'eventsource';

const [url, path] = process.argv.slice(2);

// What was received: every whole line. One that a crash cut short was not.
const file = fs.openSync(path, 'a+');
const text = fs.readFileSync(path, 'utf8');
const whole = text.slice(0, text.lastIndexOf('\n') + 1);
fs.ftruncateSync(file, Buffer.byteLength(whole));
let last = whole ? JSON.parse(whole.trimEnd().split('\n').at(-1)).position : 0;
let pause = 1000;

function follow() {
  // The package reconnects with Last-Event-ID by itself when a connection breaks.
  const feed = new EventSource(`${url}?after=${last}`);

  feed.addEventListener('event', (message) => {
    const position = Number(message.lastEventId);
    if (position <= last) return;
    // As it came: JSON.parse would round the numbers beyond 2^53 that bounds may have.
    fs.writeSync(file, message.data + '\n');
    fs.fdatasyncSync(file);
    last = position;
    pause = 1000;
  });
  feed.addEventListener('end', (message) => console.error('the server ended the feed:', message.data));
  feed.addEventListener('error', (error) => {
    if (feed.readyState !== EventSource.CLOSED) return;
    // After an answer that is no feed it gives up: for good if the server calls the
    // question wrong, for a while if it is busy.
    if (error.code >= 400 && error.code < 500 && error.code !== 429) {
      console.error(`${url}: ${error.code} ${error.message}`);
      process.exit(1);
    }
    setTimeout(follow, pause);
    pause = Math.min(2 * pause, 60_000);
  });
}

follow();
