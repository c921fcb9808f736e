// Drives a bot through the Agents Playground: node agents-playground.cjs <its cli.js> <the bot's address, or echo>
"use strict";
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");

const [cli, bot] = process.argv.slice(2);
const TENANT = "8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10";
const APP = "f0e7b3c1-1111-4222-8333-444455556666";
const PEOPLE = ["Alex", "Megan", "Adele", "Isaiah", "Patti", "Lynne"];
const GROUP = "19:1c3af46e9e0f@unq.gbl.spaces";
const SAYS = process.env.COUNTERSIGN_SAYS ?? "access read on web-shop for 2 days because the till is stuck";
const PATIENCE = 20_000;

const work = fs.mkdtempSync(path.join(os.tmpdir(), "playground-"));
const ends = [() => fs.rmSync(work, { recursive: true, force: true })];

// The playground's own people have ids that no Entra object has, so it is given others.
function configure() {
  const person = (name, number) => ({
    id: `29:1${name.toLowerCase()}`,
    name,
    userPrincipleName: `${name.toLowerCase()}@acme.example`,
    aadObjectId: `3f6a1d2c-77b8-4f0e-8b1d-0000000000${20 + number}`,
    givenName: name,
    surname: name,
    email: `${name.toLowerCase()}@acme.example`,
  });
  const [me, ...others] = PEOPLE.map(person);
  const config = {
    version: "0.1.0",
    tenantId: TENANT,
    bot: { id: `28:${APP}`, name: "Countersign" },
    currentUser: me,
    users: others,
    personalChat: { id: "a:1alex" },
    groupChat: { id: GROUP, name: "On call" },
    team: {
      id: "19:team@thread.tacv2",
      name: "Acme",
      aadGroupId: "3f6a1d2c-77b8-4f0e-8b1d-000000000031",
      channels: [{ id: "19:access@thread.tacv2", name: "Access" }],
    },
  };
  // JSON is YAML too.
  fs.writeFileSync(path.join(work, ".m365agentsplayground.yml"), JSON.stringify(config));
  // It would listen on every address of this machine.
  fs.writeFileSync(path.join(work, "loopback.cjs"), `
    const net = require("node:net");
    const listen = net.Server.prototype.listen;
    net.Server.prototype.listen = function (first, ...rest) {
      if (typeof first === "object" && first !== null && "port" in first) first = { ...first, host: "127.0.0.1" };
      else if (typeof first === "number" || /^\\d+$/.test(first)) {
        if (typeof rest[0] === "string") rest[0] = "127.0.0.1";
        else rest.unshift("127.0.0.1");
      }
      return listen.call(this, first, ...rest);
    };
  `);
}

function freePort() {
  return new Promise((done) => {
    const server = http.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

async function until(what, check) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await check().catch(() => null);
    if (found) return found;
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function start(endpoint) {
  const port = Number(process.env.COUNTERSIGN_PORT) || (await freePort());
  const base = `http://127.0.0.1:${port}`;
  const options = ["start", "-e", endpoint, "-c", "msteams", "-p", port, "--su", `${base}/_connector`, "--dt"];
  const env = { ...process.env, TEAMSAPPTESTER_BROWSER: "none", NODE_OPTIONS: "--require ./loopback.cjs" };
  const playground = spawn(process.execPath, [cli, ...options], { cwd: work, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [playground.stdout, playground.stderr]) stream.on("data", (text) => (output += text));
  ends.unshift(() => playground.kill());
  // It does nothing before it was asked for its configuration.
  const config = await until("the playground", async () => {
    assert.equal(playground.exitCode, null, output);
    const answer = await fetch(`${base}/_internal/v1/config`);
    return answer.ok && answer.json();
  }).catch((error) => {
    throw new Error(`${error.message}\n${output}`);
  });
  return { base, config };
}

// What the playground tells its page: text frames of a WebSocket, read just as far as that.
function watch(base) {
  const told = [];
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": crypto.randomBytes(16).toString("base64"),
  };
  const request = http.get(`${base}/_ws_conversation/v1/conversations/stream`, { headers });
  request.on("upgrade", (_, socket, head) => {
    ends.unshift(() => socket.destroy());
    let kept = head;
    const read = (chunk) => {
      kept = Buffer.concat([kept, chunk]);
      for (;;) {
        if (kept.length < 2) return;
        let [length, from] = [kept[1] & 0x7f, 2];
        if (length === 126) [length, from] = kept.length < 4 ? [Infinity, 4] : [kept.readUInt16BE(2), 4];
        else if (length === 127) [length, from] = kept.length < 10 ? [Infinity, 10] : [Number(kept.readBigUInt64BE(2)), 10];
        if (kept.length < from + length) return;
        if ((kept[0] & 0x0f) === 1) told.push(JSON.parse(kept.subarray(from, from + length).toString()));
        kept = kept.subarray(from + length);
      }
    };
    read(Buffer.alloc(0));
    socket.on("data", read);
  });
  return told;
}

// A bot that shows a card with what was said, and another one when it is pressed.
async function echo() {
  const card = (text) => ({
    type: "AdaptiveCard",
    version: "1.5",
    body: [{ type: "TextBlock", text, wrap: true }],
    actions: [{ type: "Action.Execute", title: "Approve", verb: "press", data: { reference: "echo" } }],
  });
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", async () => {
      const activity = body ? JSON.parse(body) : {};
      if (process.env.COUNTERSIGN_SHOW) console.error(JSON.stringify(activity));
      if (activity.type === "message") {
        const content = { contentType: "application/vnd.microsoft.card.adaptive", content: card(activity.text) };
        await fetch(`${activity.serviceUrl}/v3/conversations/${encodeURIComponent(activity.conversation.id)}/activities`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ type: "message", attachments: [content] }),
        });
      }
      const pressed = { statusCode: 200, type: "application/vnd.microsoft.card.adaptive", value: card("pressed") };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(activity.type === "invoke" ? JSON.stringify(pressed) : "{}");
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  ends.unshift(() => server.close());
  return `http://127.0.0.1:${server.address().port}/api/messages`;
}

// All values of this name, however deep they lie.
function all(name, value) {
  if (typeof value !== "object" || value === null) return [];
  const here = name in value ? [value[name]] : [];
  return here.concat(...Object.values(value).map((inner) => all(name, inner)));
}

function buttons(card) {
  return all("actions", card).flat().filter((action) => action.type === "Action.Execute" && action.verb === "press");
}

async function send(base, where, body) {
  const answer = await fetch(`${base}/_conversation/v1/${where}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${where}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

async function main() {
  configure();
  const { base, config } = await start(bot === "echo" ? await echo() : bot);
  const told = watch(base);
  const { id, name } = config.config.bot;
  const mention = `<at>${name}</at>`;
  await send(base, `conversations/${encodeURIComponent(GROUP)}/messages`, {
    from: { id: "29:1alex" },
    text: `${mention} ${SAYS}`,
    textFormat: "plain",
    mentions: [{ mentioned: { id }, text: mention }],
  });
  const shown = await until("a card with a button", async () => {
    const withCard = told.filter((event) => buttons(event).length > 0);
    return withCard.at(-1);
  });
  console.log("Alex asked, and the bot showed a card");
  const [button] = buttons(shown);
  const message = all("message", shown)[0] ?? shown;
  const pressed = await send(base, "invoke", {
    name: "adaptiveCard/action",
    value: { action: button, trigger: "manual" },
    from: { id: "29:1megan" },
    conversation: { id: GROUP },
    replyToId: message.id ?? all("messageId", shown)[0] ?? all("id", shown)[0],
  });
  console.log(`Megan pressed “${button.title}”, and was shown: ${JSON.stringify(pressed).slice(0, 300)}`);
  assert.ok(/card\.adaptive|activity\.message/.test(JSON.stringify(pressed)), "an answer that Teams would show");
  if (process.env.COUNTERSIGN_WHOLE) {
    const active = (event) => all("text", event).some((text) => /^(Status: )?active$/i.test(String(text).trim()));
    await until("the access to be in force", async () => told.some(active));
    console.log("the card says that the access is in force");
  }
}

main()
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => ends.forEach((end) => end()));
