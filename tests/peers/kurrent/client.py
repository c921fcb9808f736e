"""The Python client against KurrentDB in miniature: it leaves system events out by an expression that looks ahead."""

import os
import time
import urllib.request
from uuid import uuid4

from kurrentdbclient import KurrentDBClient, NewEvent, NewEvents, StreamState
from kurrentdbclient.exceptions import KurrentDBClientError, NotFoundError, WrongCurrentVersionError

client = KurrentDBClient(uri=os.environ["KURRENTDB_URL"])
checks = 0


def made(number):
    return NewEvent(type="made", data=b'{"number":%d}' % number, metadata=b'{"by":"python"}', id=uuid4())


def control(words):
    request = urllib.request.Request(f"{os.environ['KURRENTDB_CONTROL']}/{words}", method="POST")
    urllib.request.urlopen(request).read()


def check(what, body):
    global checks
    body()
    checks += 1
    print(f"ok: {what}")


def refused(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"it was not refused as {kind.__name__}")


def appends():
    first = client.append_to_stream("acme.a-1", events=[made(0), made(1)], current_version=StreamState.NO_STREAM)
    second = client.append_to_stream("acme.a-1", events=made(2), current_version=1)
    assert second > first


def conflicts():
    refused(WrongCurrentVersionError, lambda: client.append_to_stream("acme.a-1", events=made(9), current_version=0))
    client.append_to_stream("acme.a-1", events=made(3), current_version=2)


def repeats():
    event = made(0)
    first = client.append_to_stream("acme.same-1", events=event, current_version=StreamState.NO_STREAM)
    again = client.append_to_stream("acme.same-1", events=event, current_version=StreamState.NO_STREAM)
    assert first == again


def reads():
    events = client.get_stream("acme.a-1")
    assert [event.stream_position for event in events] == [0, 1, 2, 3]
    positions = [event.commit_position for event in events]
    assert None not in positions and positions == sorted(positions), positions
    # The default leaves out what the system wrote, by an expression that looks ahead.
    everything = list(client.read_all())
    assert [event.commit_position for event in everything if event.stream_name == "acme.a-1"] == positions
    assert not any(event.type.startswith("$") for event in everything)
    refused(NotFoundError, lambda: client.get_stream("acme.nothing-1"))


def several():
    new = lambda stream, version, *events: NewEvents(stream_name=stream, events=events, current_version=version)
    client.multi_append_to_stream([new("acme.m-1", StreamState.NO_STREAM, made(1), made(2)), new("acme.m-2", StreamState.ANY, made(3))])
    half = [new("acme.m-3", StreamState.NO_STREAM, made(4)), new("acme.m-1", StreamState.NO_STREAM, made(5))]
    error = refused(WrongCurrentVersionError, lambda: client.multi_append_to_stream(half))
    assert "acme.m-1" in str(error), error
    refused(NotFoundError, lambda: client.get_stream("acme.m-3"))
    assert client.get_stream("acme.m-1")[0].metadata == b'{"by":"python"}'


def subscribes():
    heard = []
    with client.subscribe_to_all() as subscription:
        for event in subscription:
            heard.append(event.stream_name)
            if event.stream_name == "acme.m-2":
                break
    assert "acme.a-1" in heard, heard


def again(call):
    """What it comes to once the cluster answers again, for half a minute at most."""
    until = time.monotonic() + 30
    while True:
        try:
            return call()
        except KurrentDBClientError:
            if time.monotonic() > until:
                raise


def follows_a_dying_leader():
    control("kill/leader")
    event = made(1)
    again(lambda: client.append_to_stream("acme.after-1", events=event, current_version=StreamState.NO_STREAM))
    assert len(again(lambda: client.get_stream("acme.after-1"))) == 1
    assert len(again(lambda: client.get_stream("acme.a-1"))) == 4


check("it appends, and is told where", appends)
check("a conflict is a WrongCurrentVersionError", conflicts)
check("an append that was made is answered as the first time", repeats)
check("a stream is read with revisions and positions, everything without the system's events", reads)
check("several streams are appended to, all or none", several)
check("a subscription hears what was", subscribes)
check("a leader dies, and the next append goes to the new one", follows_a_dying_leader)
print(f"{checks} checks, all passed")
