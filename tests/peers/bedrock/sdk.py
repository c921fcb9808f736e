"""Amazon's own library for Python against Bedrock in miniature: models and agents over its event stream, what is in the middle of an
answer and what comes instead of one, a guardrail and a knowledge base."""

import json
import os
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

bedrock = json.loads(os.environ["BEDROCK"])


def client(name, key_id=bedrock["key_id"]):
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=10, proxies={})
    key = {"aws_access_key_id": key_id, "aws_secret_access_key": "secret"}
    return boto3.client(name, region_name="eu-central-1", endpoint_url=bedrock["url"], config=config, **key)


runtime, agents = client("bedrock-runtime"), client("bedrock-agent-runtime")


def check(what, truth):
    if not truth:
        raise SystemExit(f"boto3: {what}: no")
    print(f"boto3: {what}")


def holds(**state):
    """Says what it knows, and what it will say."""
    body = json.dumps(state).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(bedrock["url"] + "/_sandbox", body, headers, method="PUT")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).read()


def event(name, says, is_error=False):
    return {"name": name, "says": says, "is_error": is_error}


def says(*events, **trouble):
    holds(next=[{"events": list(events), **trouble}])


def refusal(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]


def delta(index, **what):
    return event("contentBlockDelta", {"contentBlockIndex": index, "delta": what})


ASKED = [{"role": "user", "content": [{"text": "how?"}]}]
USAGE = {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}
BEGIN = event("messageStart", {"role": "assistant"})
TOLD = event("metadata", {"usage": USAGE, "metrics": {"latencyMs": 5}})


def converse(**more):
    asked = {"modelId": bedrock["model"], "messages": ASKED, **more}
    return list(runtime.converse_stream(**asked)["stream"])


def words(events):
    return "".join(one["contentBlockDelta"]["delta"].get("text", "") for one in events if "contentBlockDelta" in one)


# A model.
says(BEGIN, delta(0, text="Nä"), delta(0, text="her."), event("messageStop", {"stopReason": "end_turn"}), TOLD)
heard = converse(inferenceConfig={"maxTokens": 50}, system=[{"text": "Be kind."}])
check("it hears a model in pieces", words(heard) == "Näher.")
check("it hears why it ended, and what it took", heard[-2]["messageStop"]["stopReason"] == "end_turn" and heard[-1]["metadata"]["usage"] == USAGE)
begun = event("contentBlockStart", {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "a", "name": "open_ticket"}}})
says(BEGIN, begun, delta(1, toolUse={"input": '{"title":'}), delta(1, toolUse={"input": '"VPN"}'}), event("messageStop", {"stopReason": "tool_use"}), TOLD)
schema = {"json": {"type": "object", "properties": {"title": {"type": "string"}}}}
tools = {"tools": [{"toolSpec": {"name": "open_ticket", "description": "x", "inputSchema": schema}}]}
heard = converse(toolConfig=tools)
pieces = [one["contentBlockDelta"]["delta"]["toolUse"]["input"] for one in heard if "contentBlockDelta" in one]
check("it hears a call in pieces", json.loads("".join(pieces)) == {"title": "VPN"})

# What comes in the middle of an answer, and instead of one.
for name in ["throttlingException", "modelStreamErrorException", "internalServerException"]:
    says(BEGIN, delta(0, text="a"), event(name, {"message": "no"}, is_error=True))
    try:
        converse()
        raise SystemExit(f"boto3: {name} was not heard")
    except EventStreamError as error:
        check(f"it hears {name} in the middle", error.response["Error"]["Code"] == name)
says(BEGIN, delta(0, text="a" * 200), TOLD, cut_after=150)
try:
    heard = converse()
    check("an answer that is cut is not whole", not any("metadata" in one for one in heard))
except EventStreamError:
    raise
except Exception as error:  # whatever its HTTP library says of a lost connection
    check(f"an answer that is cut is not whole ({type(error).__name__})", True)
missing = lambda: runtime.converse_stream(modelId="none", messages=ASKED)
check("it is told of a model that there is not", refusal(missing) == "ResourceNotFoundException")
twice = lambda: runtime.converse_stream(modelId=bedrock["model"], messages=ASKED + ASKED)
check("it is told that roles take turns", refusal(twice) == "ValidationException")
stranger = client("bedrock-runtime", key_id="AKIDOTHER")
shut_out = lambda: stranger.converse_stream(modelId=bedrock["model"], messages=ASKED)
check("another key is not let in", refusal(shut_out) == "UnrecognizedClientException")

# An agent.
AGENT = {"agentId": "AGENT00001", "agentAliasId": "TSTALIASID", "sessionId": "session-1", "enableTrace": True}


def invoke(**more):
    return agents.invoke_agent(**AGENT, **more)


def chunk(text):
    import base64

    return event("chunk", {"bytes": base64.b64encode(text.encode()).decode()})


output = {"modelInvocationOutput": {"traceId": "t-1", "metadata": {"usage": {"inputTokens": 120, "outputTokens": 9}}}}
trace = event("trace", {"agentId": "AGENT00001", "sessionId": "session-1", "trace": {"orchestrationTrace": output}})
says(trace, chunk("Frag die "), chunk("Störungsstelle."))
answer = invoke(inputText="how?", sessionState={"sessionAttributes": {"tenant": "acme"}})
heard = list(answer["completion"])
check("it knows its session", answer["sessionId"] == "session-1" and answer["contentType"] == "application/json")
said = b"".join(one["chunk"]["bytes"] for one in heard if "chunk" in one).decode()
check("it hears an agent in pieces", said == "Frag die Störungsstelle.")
told = heard[0]["trace"]["trace"]["orchestrationTrace"]["modelInvocationOutput"]["metadata"]["usage"]
check("it reads what an agent took from its trace", told == {"inputTokens": 120, "outputTokens": 9})

properties = [{"name": "permission", "type": "string", "value": "write"}]
body = {"content": {"application/json": {"properties": properties}}}
wanted = {"actionGroup": "requests", "apiPath": "/access", "httpMethod": "POST", "requestBody": body}
function = {"actionGroup": "desk", "function": "open_ticket", "parameters": properties}
inputs = [{"apiInvocationInput": wanted}, {"functionInvocationInput": function}]
says(event("returnControl", {"invocationId": "inv-1", "invocationInputs": inputs}))
(heard,) = list(invoke(inputText="how?")["completion"])
check("control comes back with what is wanted", heard["returnControl"] == {"invocationId": "inv-1", "invocationInputs": inputs})
result = {"actionGroup": "desk", "function": "open_ticket", "responseBody": {"TEXT": {"body": "OPS-1"}}}
state = {"invocationId": "inv-1", "returnControlInvocationResults": [{"functionResult": result}]}
says(chunk("Done."))
check("what came of it is handed in", list(invoke(sessionState=state)["completion"])[0]["chunk"]["bytes"] == b"Done.")
check("an agent wants to be told something", refusal(lambda: invoke()) == "ValidationException")
says(chunk("a"), event("dependencyFailedException", {"message": "no"}, is_error=True))
try:
    list(invoke(inputText="how?")["completion"])
    raise SystemExit("boto3: an agent's error was not heard")
except EventStreamError as error:
    check("it hears an agent's error in the middle", error.response["Error"]["Code"] == "dependencyFailedException")

# A guardrail.
units = ["topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits",
         "sensitiveInformationPolicyFreeUnits", "contextualGroundingPolicyUnits"]
topic = {"name": "salaries", "type": "DENY", "action": "BLOCKED"}
refused = {"action": "GUARDRAIL_INTERVENED", "usage": dict.fromkeys(units, 1), "outputs": [{"text": "No."}],
           "assessments": [{"topicPolicy": {"topics": [topic]}}]}
holds(guardrail={"salary": refused})


def screen(text):
    content = [{"text": {"text": text, "qualifiers": ["guard_content"]}}]
    return runtime.apply_guardrail(guardrailIdentifier="abc123", guardrailVersion="3", source="INPUT", content=content)


check("a guardrail lets over", screen("hello")["action"] == "NONE")
looked = screen("her salary")
check("a guardrail steps in", looked["action"] == "GUARDRAIL_INTERVENED" and looked["outputs"] == [{"text": "No."}])
check("it says why", looked["assessments"][0]["topicPolicy"]["topics"] == [topic])

# A knowledge base.
chunks = [{"edition": "K7QM2X@1", "text": "Closed on Sundays.", "score": 0.7}, {"edition": "B2C3D4@1", "text": "Paid in March.", "score": 0.9}]
holds(chunks=chunks)


def retrieve(**search):
    search = {"numberOfResults": 5, **search}
    return agents.retrieve(
        knowledgeBaseId="KB00000001",
        retrievalQuery={"text": "when?"},
        retrievalConfiguration={"vectorSearchConfiguration": search},
    )["retrievalResults"]


found = retrieve()
check("a knowledge base finds, the best first", [one["content"]["text"] for one in found] == ["Paid in March.", "Closed on Sundays."])
found = retrieve(filter={"in": {"key": "edition", "value": ["K7QM2X@1"]}})
check("it looks where it is told to", [one["metadata"] for one in found] == [{"edition": "K7QM2X@1"}] and found[0]["score"] == 0.7)
