// The official Node client against KurrentDB in miniature. It appends by the batch call wherever the server has it.
const assert = require("node:assert/strict");
const { randomUUID } = require("node:crypto");
const path = require("node:path");
const {
  KurrentDBClient, WrongExpectedVersionError, StreamNotFoundError, jsonEvent, NO_STREAM, START, END, FORWARDS, BACKWARDS,
  excludeSystemEvents, streamNameFilter,
} = require(path.join(process.env.PEERS, "node_modules/@kurrent/kurrentdb-client"));

const client = KurrentDBClient.connectionString(process.env.KURRENTDB_URL);
const control = (words) => fetch(`${process.env.KURRENTDB_CONTROL}/${words}`, { method: "POST" });
const made = (number) => jsonEvent({ type: "made", data: { number }, metadata: { by: "node" } });
let checks = 0;
const check = async (what, body) => {
  await body();
  checks += 1;
  console.log(`ok: ${what}`);
};
const all = async (reading) => {
  const events = [];
  for await (const read of reading) events.push(read.event);
  return events;
};
const fails = async (promise, kind) => {
  const error = await promise.then(() => assert.fail("it was not refused"), (error) => error);
  assert.ok(error instanceof kind, `${error}`);
  return error;
};
// What it comes to once the cluster answers again, for half a minute at most; a conflict is an answer.
const again = async (call) => {
  for (const until = Date.now() + 30000; ;) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return error;
      if (Date.now() > until) throw error;
    }
  }
};

async function main() {
  await check("it appends, and is told where", async () => {
    const first = await client.appendToStream("acme.a-1", [made(0), made(1)], { streamState: NO_STREAM });
    assert.equal(first.success, true);
    assert.equal(first.nextExpectedRevision, 1n);
    const second = await client.appendToStream("acme.a-1", made(2), { streamState: 1n });
    assert.ok(second.position.commit > first.position.commit);
  });
  await check("a conflict is a WrongExpectedVersionError with both revisions", async () => {
    const stale = client.appendToStream("acme.a-1", made(9), { streamState: 0n });
    const error = await fails(stale, WrongExpectedVersionError);
    assert.deepEqual([error.expectedState, error.actualState, error.streamName], [0n, 2n, "acme.a-1"]);
    const there = await fails(client.appendToStream("acme.a-1", made(9), { streamState: NO_STREAM }), WrongExpectedVersionError);
    assert.deepEqual([there.expectedState, there.actualState], ["no_stream", 2n]);
    await client.appendToStream("acme.a-1", made(3), { streamState: 2n });
  });
  await check("an append that was made is answered as the first time", async () => {
    const event = { ...made(0), id: randomUUID() };
    const first = await client.appendToStream("acme.same-1", event, { streamState: NO_STREAM });
    const again = await client.appendToStream("acme.same-1", event, { streamState: NO_STREAM });
    assert.deepEqual(again.position, first.position);
  });
  await check("a stream is read both ways, with revisions and positions", async () => {
    const forwards = await all(client.readStream("acme.a-1", { direction: FORWARDS, fromRevision: START }));
    assert.deepEqual(forwards.map((event) => event.data.number), [0, 1, 2, 3]);
    assert.deepEqual(forwards.map((event) => event.revision), [0n, 1n, 2n, 3n]);
    const backwards = await all(client.readStream("acme.a-1", { direction: BACKWARDS, fromRevision: END, maxCount: 2 }));
    assert.deepEqual(backwards.map((event) => event.data.number), [3, 2]);
    const everything = await all(client.readAll({ filter: streamNameFilter({ prefixes: ["acme.a-"] }) }));
    assert.deepEqual(forwards.map((event) => event.position), everything.map((event) => event.position));
    assert.deepEqual(forwards[0].metadata, { by: "node" });
    await fails(all(client.readStream("acme.nothing-1")), StreamNotFoundError);
  });
  await check("a filter by expression leaves the system's events out", async () => {
    const events = await all(client.readAll({ filter: excludeSystemEvents() }));
    assert.ok(events.length > 0 && events.every((event) => !event.type.startsWith("$")));
  });
  await check("several streams are appended to, all or none", async () => {
    const to = (streamName, expectedState, ...events) => ({ streamName, expectedState, events });
    const written = await client.multiStreamAppend([to("acme.m-1", "no_stream", made(1), made(2)), to("acme.m-2", "any", made(3))]);
    assert.deepEqual(written.responses.map((response) => [response.streamName, response.revision]), [["acme.m-1", 1n], ["acme.m-2", 0n]]);
    const half = client.multiStreamAppend([to("acme.m-3", "no_stream", made(4)), to("acme.m-1", "no_stream", made(5))]);
    const error = await fails(half, WrongExpectedVersionError);
    assert.deepEqual([error.streamName, error.actualState], ["acme.m-1", 1n]);
    await fails(all(client.readStream("acme.m-3")), StreamNotFoundError);
    const [read] = await all(client.readStream("acme.m-1", { maxCount: 1 }));
    assert.deepEqual(read.metadata, { by: "node" });
  });
  await check("a subscription hears what was and what comes", async () => {
    const heard = [];
    const subscription = client.subscribeToAll({ fromPosition: START, filter: streamNameFilter({ regex: "^acme\\.(?!same).*" }) });
    const done = new Promise((resolve, reject) => {
      subscription.on("error", reject);
      subscription.on("data", (resolved) => {
        heard.push(resolved.event.streamId);
        if (resolved.event.streamId === "acme.live-1") resolve();
      });
    });
    subscription.once("caughtUp", () => client.appendToStream("acme.live-1", made(1)).catch(() => {}));
    await done;
    await subscription.unsubscribe();
    assert.ok(heard.includes("acme.a-1") && !heard.includes("acme.same-1"), heard.join());
  });
  await check("a leader dies, and the next append goes to the new one", async () => {
    await control("kill/leader");
    // A conflict means that an answer was lost, and the append was not.
    const written = await again(() => client.appendToStream("acme.after-1", made(1), { streamState: NO_STREAM }));
    assert.ok(written instanceof WrongExpectedVersionError || written.success);
    // Its reads go through the Rust client, which stays with a node that is gone: that one has to be made anew.
    const anew = KurrentDBClient.connectionString(process.env.KURRENTDB_URL);
    assert.equal((await again(() => all(anew.readStream("acme.after-1")))).length, 1);
    assert.equal((await again(() => all(anew.readStream("acme.a-1")))).length, 4);
  });
  console.log(`${checks} checks, all passed`);
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
