"""Slack's own Python library against the sandbox: the Web API, Socket Mode, and the signatures of deliveries over HTTP."""

import http.server
import json
import os
import queue
import threading
import urllib.request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

slack = json.loads(os.environ["SLACK"])
client = WebClient(token=slack["bot_token"], base_url=slack["api"] + "/")


def check(what, truth):
    if not truth:
        raise SystemExit(f"slack_sdk: {what}: no")
    print(f"slack_sdk: {what}")


def ask(path, body):
    request = urllib.request.Request(
        slack["url"] + path, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    return urllib.request.urlopen(request, timeout=10).read()


def refusal(call):
    try:
        call()
    except SlackApiError as error:
        return error.response["error"]


check("it knows itself", client.auth_test()["team_id"] == "T0ACME")
metadata = {"event_type": "countersign", "event_payload": {"key": "7"}}
posted = client.chat_postMessage(channel="C0OPS", text="from the library", metadata=metadata)
history = client.conversations_history(channel="C0OPS", include_all_metadata=True)
check("it finds what it posted", history["messages"][0]["metadata"] == metadata)
check("it updates it", client.chat_update(channel="C0OPS", ts=posted["ts"], text="changed")["text"] == "changed")
check("it answers in a thread", client.chat_postMessage(channel="C0OPS", text="a", thread_ts=posted["ts"])["ok"])
check("it reads a thread", len(client.conversations_replies(channel="C0OPS", ts=posted["ts"])["messages"]) == 2)
check("it whispers", client.chat_postEphemeral(channel="C0OPS", user="U0ERIN", text="psst")["message_ts"])
direct = client.conversations_open(users="U0ERIN")["channel"]["id"]
check("it opens a private talk", client.chat_postMessage(channel=direct, text="hi")["ok"])
check("it knows a guest", client.users_info(user="U0GUEST")["user"]["is_restricted"])
check("it lists people and channels", len(client.users_list()["members"]) == 4 and client.conversations_list()["channels"])
check("it reacts", client.reactions_add(channel="C0OPS", timestamp=posted["ts"], name="eyes")["ok"])
check("it reads reactions", client.reactions_get(channel="C0OPS", timestamp=posted["ts"])["message"]["reactions"])
check("it deletes", client.chat_delete(channel="C0OPS", ts=posted["ts"])["ok"])
check("it is told of a missing channel", refusal(lambda: client.chat_postMessage(channel="C0NONE", text="a")) == "channel_not_found")
wrong = WebClient(token="xoxb-wrong", base_url=slack["api"] + "/")
check("a wrong token is refused", refusal(wrong.auth_test) == "invalid_auth")

heard = queue.Queue()
socket = SocketModeClient(app_token=slack["app_token"], web_client=client)
socket.web_client.base_url = slack["api"] + "/"


def listen(socket, request):
    socket.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
    heard.put(request)


socket.socket_mode_request_listeners.append(listen)
socket.connect()
ask("/_sandbox/act", {"act": "say", "user": "U0ERIN", "channel": None, "text": "hello", "thread": None})


def hears(text):
    """Waits for what says this: what was done before may be told as well, late or again."""
    while True:
        request = heard.get(timeout=10)
        if request.type == "events_api" and request.payload["event"].get("text") == text:
            return True


check("it hears over Socket Mode", hears("hello"))
socket.close()

verifier = SignatureVerifier(slack["signing_secret"])
events, forms = queue.Queue(), queue.Queue()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        valid = verifier.is_valid_request(body, dict(self.headers))
        retry = self.headers.get("x-slack-retry-num")
        # What is said now is refused once, so that it comes again; of what was done before nothing is awaited.
        refused = b"over http" in body and retry is None
        if b"over http" in body:
            events.put((valid, retry))
        elif self.headers["content-type"] != "application/json":
            forms.put(valid)
        self.send_response(500 if refused else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
target = {"url": f"http://127.0.0.1:{server.server_port}/slack", "secret": slack["signing_secret"]}
ask("/_sandbox/trouble", {"trouble": "deliver_to", "target": target})
ask("/_sandbox/act", {"act": "say", "user": "U0ERIN", "channel": None, "text": "over http", "thread": None})
check("it takes the signature", events.get(timeout=10) == (True, None))
check("it takes the repetition's", events.get(timeout=10) == (True, "1"))
ask("/_sandbox/act", {"act": "command", "user": "U0ERIN", "channel": None, "text": "help"})
check("it takes a form's", forms.get(timeout=10))
