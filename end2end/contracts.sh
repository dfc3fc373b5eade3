#!/usr/bin/env bash
# Every answer of the running services against their OpenAPI documents, with schemathesis.
# `cargo dev test --only contract` starts the system and sets BASE_URL and SCHEMATHESIS_HOME.
set -u
services="${1:-auth tickets orders payments expiration notifications}"
passed=0 failed=0
for service in $services; do
  echo "--- $service"
  # Stateless checks: no 5xx, declared status codes, content types, headers and response bodies.
  if PYTHONPATH="$SCHEMATHESIS_HOME" python3 -m schemathesis.cli run "$BASE_URL/api/$service/openapi.json" \
      --url "$BASE_URL" --phases examples,coverage,fuzzing --mode all --max-examples 20 --workers 1 \
      --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance \
      --suppress-health-check all --generation-deterministic --request-timeout 20 --no-color; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED contract of $service"
  fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
