#!/usr/bin/env bash
# Copies a timeline to a file: a line an event, its position, a tab and the event as
# JSON. The file is its own checkpoint, so what is written is what was received.
#
#   mirror.sh http://127.0.0.1:7171/v1/timelines/venezuela-2026/feed mirror.tsv
set -uo pipefail
feed=$1
file=$2

# A line that a crash cut short was not received.
touch "$file"
[ -z "$(tail -c 1 "$file")" ] || sed -i '$d' "$file"

pause=1
while true; do
  last=$(tail -n 1 "$file" | cut -f 1)
  id=
  status=
  asked=0
  # A comment comes every 15 s: a minute of silence means that nobody is there.
  while IFS= read -r line; do
    case $line in
      "HTTP/1.1 "*) status=${line:9:3} ;;
      "Retry-After: "*) asked=${line//[!0-9]/} ;;
      "id: "*) id=${line#id: } ;;
      "event: "*) kind=${line#event: } ;;
      "data: "*)
        if [ "$kind" = event ]; then
          printf '%s\t%s\n' "$id" "${line#data: }" >>"$file"
          pause=1
        fi
        ;;
    esac
  done < <(curl --silent --no-buffer --include --speed-limit 1 --speed-time 60 \
    --header 'Accept: text/event-stream' --header "Last-Event-ID: ${last:-0}" "$feed")
  # What the server calls wrong stays wrong; 429 and 5xx, and no answer at all, pass.
  case $status in
    4*) [ "$status" = 429 ] || exit 1 ;;
  esac
  sleep $((asked > pause ? asked : pause))
  pause=$((pause < 32 ? pause * 2 : 60))
done
