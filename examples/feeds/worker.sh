#!/usr/bin/env bash
# Takes part in a durable consumer: the store keeps the place, and gives each event to
# one of the workers at a time. Run as many as you like, each with a name of its own.
#
#   worker.sh http://127.0.0.1:7171 venezuela-2026 index worker-1 ./handle
#
# `./handle` gets an event as JSON on standard input. It may get one again: after a
# crash, or when it takes longer than the lease.
set -uo pipefail
server=$1
timeline=$2
consumer=$3
member=$4
handle=$5
annals() { command annals "$@" --server "$server" --timeline "$timeline"; }

until annals consumer create "$consumer" >/dev/null; do sleep 5; done
while true; do
  # A line each: {"delivery": …, "leasedUntil": …, "event": {…}}.
  if ! delivery=$(annals consumer fetch "$consumer" --member "$member" --limit 1 --format json); then
    sleep 5
    continue
  fi
  if [ -z "$delivery" ]; then
    sleep 1
    continue
  fi
  # Texts of the event can't look like this: their quotes are escaped.
  position=$(sed -E 's/.*"revision": [0-9]+, "position": ([0-9]+), "recordedAt".*/\1/' <<<"$delivery")
  if "$handle" <<<"$delivery"; then
    annals consumer ack "$consumer" "$position" --member "$member" >/dev/null
  else
    annals consumer nack "$consumer" "$position" --member "$member" --retry-ms 30000 \
      --reason "$handle failed" >/dev/null
  fi
done
