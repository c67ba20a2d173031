#!/usr/bin/env bash
# Stop the server of start.sh, and write the verdict to the summary of the job.
set -euo pipefail

folder="$RUNNER_TEMP/mock-electron"
if [ ! -e "$folder/pid" ]; then
  echo "no server was started"
  exit 0
fi
server=$(cat "$folder/pid")
rm "$folder/pid"
kill -TERM "$server" 2> /dev/null || true
for _ in {1..300}; do
  if ! kill -0 "$server" 2> /dev/null; then break; fi
  sleep 0.1
done
# The verdict is the last that a strict server prints.
verdict=$(awk '/^mock-electron[:,]/ { found = 1 } found' "$folder/errors")
if [ -z "$verdict" ]; then
  exchanges=$(cat "$folder/exchanges.jsonl" 2> /dev/null | wc -l | tr -d ' ')
  if [ "$exchanges" = 1 ]; then noun=exchange; else noun=exchanges; fi
  verdict="mock-electron: $exchanges $noun. Without --strict there is no verdict."
fi
echo "$verdict"
{
  echo "### mock-electron"
  echo
  # Four spaces make a block of code, whatever the words of a request are.
  while IFS= read -r line; do echo "    $line"; done <<< "$verdict"
} >> "$GITHUB_STEP_SUMMARY"
if [ "$FAIL" = true ] && grep -q '^  ' <<< "$verdict"; then
  echo "::error::requests were refused, or steps are left"
  exit 1
fi
