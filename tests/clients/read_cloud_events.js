// Reads CloudEvents from standard input, one a line in structured mode, with the package
// `cloudevents`, and prints what it makes of each. Whatever isn't strictly valid ends it.
const readline = require('node:readline');
const {CloudEvent, HTTP} = require('cloudevents');

readline.createInterface({input: process.stdin}).on('line', (line) => {
  const message = {headers: {'content-type': 'application/cloudevents+json'}, body: line};
  const event = HTTP.toEvent(message);
  // Reading fills in what is missing, and doesn't check names; making one anew does.
  new CloudEvent(JSON.parse(line), true).validate();
  const {id, type, source, subject, time, sequence, data} = event;
  process.stdout.write(JSON.stringify({id, type, source, subject, time, sequence, data}) + '\n');
});
