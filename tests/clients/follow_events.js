// Follows a feed with the package `eventsource`, and prints what it is told, a JSON
// value a line. It reconnects as the package does by itself.
//
//   follow_events.js URL
const {EventSource} = require('eventsource');

const feed = new EventSource(process.argv[2]);
const print = (value) => process.stdout.write(JSON.stringify(value) + '\n');

feed.addEventListener('open', () => print({kind: 'open'}));
feed.addEventListener('error', (error) =>
  print({kind: 'error', status: error.code ?? null, closed: feed.readyState === feed.CLOSED}));
for (const kind of ['event', 'change', 'checkpoint', 'caught-up', 'end']) {
  feed.addEventListener(kind, (message) =>
    print({kind, id: message.lastEventId, data: JSON.parse(message.data)}));
}
