"""Makes of Slack's published contract of its Web API (slack_web.json, Swagger 2.0) one that Prism can judge by.

    python3 contract.py slack_web.json judged.json

What it says of arguments and answers stays. Left out or put right is what it says otherwise than Slack's own documentation
does (https://docs.slack.dev/apis/web-api/):

- the token comes in the header Authorization, and not among the arguments;
- every method takes its arguments in the query, as a form or as JSON, where blocks and views are no text but JSON;
- what goes wrong is answered with 200 too;
- several shapes for one value are written as a list of `items` without a type;
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
        if name == "items" and isinstance(value, list):
            if "array" in str(schema.get("type", "")):
                shaped["items"] = {"anyOf": shape(value)}
            else:
                shaped["anyOf"] = shape(value)
        elif name == "$ref":
            shaped[name] = value.replace("#/definitions/", "#/components/schemas/")
        elif name == "type" and value == "null":
            shaped["nullable"] = True
        elif name == "properties":
            shaped[name] = {key: {} if key in STRUCTURES else shape(part) for key, part in value.items()}
        else:
            shaped[name] = shape(value)
    return shaped


def operation(method, call):
    """What a method takes and answers, by GET and by POST."""
    given = [one for one in call.get("parameters", []) if one["name"] != "token"]
    kind = lambda one: {} if one["name"] in STRUCTURES else {"type": one["type"]}
    needed = [one["name"] for one in given if one.get("required")]
    answers = [shape(call["responses"][code]["schema"]) for code in ("200", "default")]
    answer = {"200": {"description": "", "content": {"application/json": {"schema": {"anyOf": answers}}}}}
    if method in READ:
        query = [{"name": one["name"], "in": "query", "required": bool(one.get("required")), "schema": kind(one)} for one in given]
        return {"get": {"parameters": query, "responses": answer}}
    body = {"type": "object", "properties": {one["name"]: kind(one) for one in given}}
    if needed:
        body["required"] = needed
    return {"post": {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}, "responses": answer}}


def main():
    contract = json.load(open(sys.argv[1]))
    paths = {}
    for path, calls in contract["paths"].items():
        call = next(call for name, call in calls.items() if name in ("get", "post"))
        paths[path] = operation(path.lstrip("/"), call)
    judged = {
        "openapi": "3.0.3",
        "info": {"title": "Slack Web API", "version": "1"},
        "servers": [{"url": "https://slack.com"}],
        "paths": paths,
        "components": {"schemas": {name: shape(schema) for name, schema in contract["definitions"].items()}},
    }
    json.dump(judged, open(sys.argv[2], "w"))


main()
