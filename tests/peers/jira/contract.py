"""Makes of Jira's contract of 2023 one that Prism can judge today's Jira by.

    python3 contract.py jira.json judged.json

No package of npm has a newer one. Of what we call and the miniature answers it says the same as the one that Atlassian publishes
today, but for what came later. Of that it knows nothing, so that Prism would object to all of it: it is written in as a call or an
answer of which nothing is demanded, and told, a line each. What it does say is judged by it word for word, and so is what a later
contract says of them.

Its examples are JSON within texts, as collections of contracts keep them; answered as they are, they would break the contract themselves.
"""
import contextlib
import json
import sys

# Calls that it has nothing of.
CALLS = (
    ("get", "/rest/api/3/search/jql"),
    ("post", "/rest/api/3/workflows"),
)
# Answers that calls it knows may have by now.
ANSWERS = (
    ("post", "/rest/api/3/issue/{issueIdOrKey}/comment", "413"),
    ("post", "/rest/api/3/issue/{issueIdOrKey}/transitions", "409"),
    ("post", "/rest/api/3/issue/{issueIdOrKey}/transitions", "422"),
)


def unjudged(what):
    """Says what nothing is demanded of, and describes its answer so."""
    print(f"left unjudged, as it came after this contract of Jira: {what}")
    return {"description": "It came after this contract."}


def call(method, path):
    """A call that may ask for anything and be answered with anything."""
    described = {"responses": {"default": unjudged(f"{method.upper()} {path}")}}
    # Where no body is described Prism takes none.
    if method != "get":
        described["requestBody"] = {"content": {"application/json": {"schema": {}}}}
    return described


def read_examples(part):
    """Puts the examples of requests and answers as what they are."""
    if isinstance(part, dict):
        if "schema" in part and isinstance(part.get("example"), str):
            # One is no JSON: an address of e-mail, as it is.
            with contextlib.suppress(json.JSONDecodeError):
                part["example"] = json.loads(part["example"])
        for inner in part.values():
            read_examples(inner)
    elif isinstance(part, list):
        for inner in part:
            read_examples(inner)


def main():
    contract = json.load(open(sys.argv[1]))
    paths = contract["paths"]
    read_examples(paths)
    for method, path in CALLS:
        calls = paths.setdefault(path, {})
        if method not in calls:
            calls[method] = call(method, path)
    for method, path, status in ANSWERS:
        # Only the answer may be missing: without the call itself this fails.
        answers = paths[path][method]["responses"]
        if status not in answers:
            answers[status] = unjudged(f"the answer {status} to {method.upper()} {path}")
    json.dump(contract, open(sys.argv[2], "w"))


main()
