#!/usr/bin/env bash
# Lets Amazon's own library for Python judge Bedrock in miniature: converse_stream, invoke_agent, apply_guardrail and retrieve,
# with botocore's reader of its event stream.
#
#   tests/peers/bedrock.sh
#
# The Python may be named by PYTHON. Without boto3 (pip install boto3) the script says so and succeeds; TESTS_NO_SKIPS makes that a
# failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/peers/lib.sh

python="${PYTHON:-python3}"
"$python" -c 'import boto3' 2>/dev/null || skip "boto3 is not installed (pip install boto3)"

miniature bedrock
BEDROCK="$about"
export BEDROCK
"$python" tests/peers/bedrock/sdk.py
