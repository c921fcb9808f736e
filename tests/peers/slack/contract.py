"""Makes of Slack's published contract of its Web API one that Prism can judge by.

    python3 contract.py slack_web.json judged.json

It is read as Slack publishes it (Swagger 2.0) and as collections of contracts keep it (OpenAPI 3); of both comes the same.

What it says of arguments and answers stays. Left out or put right is what it says otherwise than Slack's own documentation
does (https://docs.slack.dev/apis/web-api/):

- the token comes in the header Authorization, and not among the arguments;
- every method takes its arguments in the query, as a form or as JSON, where blocks and views are no text but JSON;
- what goes wrong is answered with 200 too;
- several shapes for one value are written as `items` of something that is no list;
- it was published before some fields of today, so that those it does not know are no fault.
"""
import json
import sys

# Structures, which in a form are written as text and in JSON are themselves.
STRUCTURES = {"blocks", "view", "attachments", "metadata"}
# What is read; everything else changes something, and is asked for by POST.
READ = ("auth.test", "conversations.history", "conversations.replies", "users.info", "usergroups.users.list")


def shape(schema):
    """A schema of the contract as OpenAPI 3 has it."""
    if isinstance(schema, list):
        return [shape(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    shaped = {}
    for name, value in schema.items():
        if name == "additionalProperties" and value is False:
            continue
        several = value.get("anyOf") if isinstance(value, dict) and len(value) == 1 else value
        if name == "items" and isinstance(several, list):
            if "array" in str(schema.get("type", "")):
                shaped["items"] = {"anyOf": shape(several)}
            else:
                shaped["anyOf"] = shape(several)
        elif name == "$ref":
            shaped[name] = value.replace("#/definitions/", "#/components/schemas/")
        elif name == "type" and value == "null":
            shaped["nullable"] = True
        elif name == "properties":
            shaped[name] = {key: {} if key in STRUCTURES else shape(part) for key, part in value.items()}
        else:
            shaped[name] = shape(value)
    return shaped


def arguments(contract, call):
    """What a method takes, without the token: each by its name, whether it must be given, and of which type it is."""
    given = [(one["name"], bool(one.get("required")), one.get("type") or one["schema"]["type"]) for one in call.get("parameters", [])]
    body = call.get("requestBody", {})
    if "$ref" in body:
        body = contract["components"]["requestBodies"][body["$ref"].rsplit("/", 1)[-1]]
    # The same arguments for each way of writing them.
    form = next(iter(body.get("content", {}).values()), {}).get("schema", {})
    given += [(name, name in form.get("required", []), one["type"]) for name, one in form.get("properties", {}).items()]
    return [one for one in given if one[0] != "token"]


def answer_of(response):
    return response.get("schema") or response["content"]["application/json"]["schema"]


def operation(contract, method, call):
    """What a method takes and answers, by GET and by POST."""
    given = arguments(contract, call)
    kind = lambda name, typed: {} if name in STRUCTURES else {"type": typed}
    needed = [name for name, required, _ in given if required]
    answers = [shape(answer_of(call["responses"][code])) for code in ("200", "default")]
    answer = {"200": {"description": "", "content": {"application/json": {"schema": {"anyOf": answers}}}}}
    if method in READ:
        query = [{"name": name, "in": "query", "required": required, "schema": kind(name, typed)} for name, required, typed in given]
        return {"get": {"parameters": query, "responses": answer}}
    body = {"type": "object", "properties": {name: kind(name, typed) for name, _, typed in given}}
    if needed:
        body["required"] = needed
    return {"post": {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}, "responses": answer}}


def main():
    contract = json.load(open(sys.argv[1]))
    paths = {}
    for path, calls in contract["paths"].items():
        call = next(call for name, call in calls.items() if name in ("get", "post"))
        paths[path] = operation(contract, path.lstrip("/"), call)
    schemas = contract.get("definitions") or contract["components"]["schemas"]
    judged = {
        "openapi": "3.0.3",
        "info": {"title": "Slack Web API", "version": "1"},
        "servers": [{"url": "https://slack.com"}],
        "paths": paths,
        "components": {"schemas": {name: shape(schema) for name, schema in schemas.items()}},
    }
    json.dump(judged, open(sys.argv[2], "w"))


main()
