#!/usr/bin/env bash
# An X-Road REST client as members write them in scripts: asks for a person and prints status, the X-Road headers of the
# answer that do not name the exchange, and the body. Only ADDRESS differs between a security server and the adapter.
#
# Usage: curl_rest.sh ADDRESS PIN [curl options]
set -euo pipefail
address=${1%/} pin=$2
shift 2
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT
body=$(curl -sS -D "$headers" "$address/r1/sandbox/GOV/70009001/registry/persons/by-pin/$pin?fields=surname" \
  -H 'X-Road-Client: sandbox/COM/60009001/loans' -H 'X-Road-UserId: KG20000000000001' \
  -H 'X-Road-Issue: loan-scoring application 2026-00017' -H 'Accept: application/json' "$@")
head -1 "$headers" | cut -d' ' -f2
tr -d '\r' <"$headers" | grep -iE '^(x-road-(client|service|error)|content-type):' | tr '[:upper:]' '[:lower:]' | sort
printf '%s\n' "$body"
