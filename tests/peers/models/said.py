"""Looks at what models said: a line of JSON for each step, as `ask` writes it. `said.py WHAT [TEXT]` with what is expected."""

import collections
import json
import sys

# What a server that fails may be said to have done; anything else would be a wrong conclusion.
PASSING = {"overloaded", "malformed", "cut"}

expected, text = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
said = [json.loads(line) for line in sys.stdin]
faults = collections.Counter(one["fault"] for one in said if "fault" in one)
texts = [one["text"] for one in said if "text" in one]


def check(what, truth):
    if not truth:
        raise SystemExit(f"{what}: no, of {len(said)}: {dict(faults)}, {texts[:3]}")
    print(what)


check("every step came to an end", len(said) > 0)
if expected == "something":
    check("a real model said something", len(texts) == len(said) and all(one.strip() for one in texts))
else:
    check("nothing is taken for an answer that is none", all(one == text for one in texts))
if expected == "chaos":
    check("some steps failed, and some did not", texts and faults)
    check("what may be concluded was concluded", set(faults) <= PASSING)
    check("each kind of trouble was met", {"overloaded", "malformed"} <= set(faults) and len(faults) >= 2)
if expected == "fallback":
    check("whoever stands behind answered each time", not faults)
    noted = [one for one in said if one["notes"]]
    check("and said so where it did", 0 < len(noted) < len(said) and all("another one" in one["notes"][0] for one in noted))
