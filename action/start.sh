#!/usr/bin/env bash
# Start a server for the rest of a job. action.yml says what the variables are.
set -euo pipefail

folder="$RUNNER_TEMP/mock-electron"
mkdir -p "$folder"
arguments=(--port "$SERVER_PORT" --journal "$folder/exchanges.jsonl")
arguments+=(--ready-file "$folder/ready.json")
while read -r script; do
  if [ -n "$script" ]; then arguments+=(--script "$script"); fi
done <<< "$SCRIPTS"
if [ -n "$API_KEY" ]; then arguments+=(--api-key "$API_KEY"); fi
read -r -d "" -a others <<< "$OPTIONS" || true # it ends without the delimiter
arguments+=(${others[@]+"${others[@]}"})

rm -f "$folder/ready.json"
nohup "$PROGRAM" serve "${arguments[@]}" < /dev/null > "$folder/output" 2> "$folder/errors" &
server=$!
echo "$server" > "$folder/pid"
for _ in {1..300}; do
  if [ -e "$folder/ready.json" ] || ! kill -0 "$server" 2> /dev/null; then break; fi
  sleep 0.1
done
cat "$folder/output" "$folder/errors"
if [ ! -e "$folder/ready.json" ]; then
  echo "::error::mock-electron did not start"
  exit 1
fi
base_url=$(sed -n 's/.*"base_url":"\([^"]*\)".*/\1/p' "$folder/ready.json")
{
  echo "base-url=$base_url"
  echo "api-key=${API_KEY:-sk_mock}"
} >> "$GITHUB_OUTPUT"
