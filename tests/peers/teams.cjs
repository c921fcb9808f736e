// The judges' side of teams.sh: node teams.cjs <folder with node_modules> <sandbox> <cards>
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { createRequire } = require("node:module");

const [folder, sandbox, cards] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(folder), "x.js"));
const connector = load("botframework-connector");
const { AdaptiveCard, SerializationContext, Version } = load("adaptivecards/dist/adaptivecards.js");
const activities = load("@microsoft/agents-activity");

const APP = "f0e7b3c1-1111-4222-8333-444455556666";
const TENANT = "8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10";
const SECRET = "a-secret-of-the-sandbox";
const ISSUER = "https://api.botframework.com";
const METADATA = `${sandbox}v1/.well-known/openidconfiguration`;

// What a bot of Microsoft's SDK would be configured with, with our sandbox as its cloud.
const authentication = connector.BotFrameworkAuthenticationFactory.create(
  "", true, `${sandbox}${TENANT}`, ISSUER, ISSUER, `${sandbox}oauth`, METADATA, METADATA, "",
  new connector.PasswordServiceClientCredentialFactory(APP, SECRET, TENANT),
  { requiredEndorsements: ["msteams"] },
);

async function ask(method, where, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${sandbox}${where}`, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${where}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

// The bot's own token, as our maker gives it, in the hands of Microsoft's client.
async function botToken() {
  const form = new URLSearchParams({
    grant_type: "client_credentials", client_id: APP, client_secret: SECRET, scope: `${ISSUER}/.default`,
  });
  const answer = await fetch(`${sandbox}${TENANT}/oauth2/v2.0/token`, { method: "POST", body: form });
  return (await answer.json()).access_token;
}

function bearer(token) {
  return {
    async signRequest(request) {
      request.headers.set("authorization", `Bearer ${token}`);
      return request;
    },
  };
}

const print = console.error;

async function tokens() {
  const heard = [];
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      heard.push({ activity: JSON.parse(body), header: request.headers.authorization });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  await ask("PUT", "_sandbox/bot", `http://127.0.0.1:${server.address().port}/api/messages`);
  await ask("POST", "_sandbox/act", { act: "say", user: "Erin", talk: "access", text: "help" });
  await ask("POST", "_sandbox/rotate");
  await ask("POST", "_sandbox/act", { act: "say", user: "Erin", text: "status" });
  server.close();

  const [first, second] = heard;
  // The library prints the keys it has when one is not among them, as is wanted here.
  console.error = () => {};
  // The metadata are read once a key is unknown, so the newest key comes first.
  const { claimsIdentity } = await authentication.authenticateRequest(second.activity, second.header);
  assert.ok(claimsIdentity.isAuthenticated);
  assert.equal(claimsIdentity.getClaimValue("aud"), APP);
  await assert.rejects(authentication.authenticateRequest(first.activity, first.header), "an old key");
  const elsewhere = { ...second.activity, serviceUrl: "https://evil.example/" };
  await assert.rejects(authentication.authenticateRequest(elsewhere, second.header), "another service");
  const other = { ...second.activity, channelId: "webchat" };
  await assert.rejects(authentication.authenticateRequest(other, second.header), "not endorsed");
  const forged = second.header.replace(/.{8}$/, "AAAAAAAA");
  await assert.rejects(authentication.authenticateRequest(second.activity, forged), "forged");
  console.error = print;
  console.log("botframework-connector accepts our tokens, and refuses four kinds of wrong ones");
  return [first.activity, second.activity];
}

async function posting(personal) {
  const client = new connector.ConnectorClient(bearer(await botToken()), { baseUri: sandbox });
  const { conversations } = client;
  const talk = await conversations.createConversation({
    isGroup: false, bot: { id: `28:${APP}` }, members: [{ id: "29:1erin" }], tenantId: TENANT, channelData: {},
  });
  assert.equal(talk.id, personal.conversation.id);
  const sent = await conversations.sendToConversation(talk.id, { type: "message", text: "Hello" });
  await conversations.updateActivity(talk.id, sent.id, { type: "message", text: "Hello again" });
  const reply = await conversations.replyToActivity(talk.id, sent.id, { type: "message", text: "And again" });
  await conversations.deleteActivity(talk.id, reply.id);
  const member = await conversations.getConversationMember(talk.id, "29:1erin");
  assert.equal(member.userPrincipalName ?? member.email, "erin@acme.example");
  const page = await conversations.getConversationPagedMembers(talk.id, { pageSize: 50 });
  assert.equal(page.members.length, 1);
  const stranger = new connector.ConnectorClient(bearer("x.y.z"), { baseUri: sandbox });
  await assert.rejects(stranger.conversations.sendToConversation(talk.id, { type: "message", text: "No" }));
  const state = await ask("GET", "_sandbox");
  const ours = state.messages.filter((message) => message.from === `28:${APP}`);
  assert.deepEqual(ours.map((message) => message.text), ["Hello again"]);
  console.log("their connector client opens, posts, replies, changes, takes away and asks");
}

// What Teams knows beyond the schema that this library has: an input whose choices the bot finds has none of its own.
const BEYOND = ["An Input.ChoiceSet must have at least one choice defined.", 'Property "choices.data" is supported in version 1.6'];

function judge(name, card) {
  const context = new AdaptiveCard();
  context.version = new Version(1, 5);
  const serialization = new SerializationContext(new Version(1, 5));
  context.parse(card, serialization);
  const faults = [];
  for (let index = 0; index < serialization.eventCount; index++) {
    faults.push(serialization.getEventAt(index).message);
  }
  faults.push(...context.validateProperties().validationEvents.map((event) => event.message));
  const ours = faults.filter((fault) => !BEYOND.some((known) => fault.includes(known)));
  assert.deepEqual(ours, [], name);
  assert.equal(context.getItemCount(), card.body.length, `${name}: every block is kept`);
}

function cardsAndActivities(deliveries) {
  const { cards: all, forms, answers } = JSON.parse(fs.readFileSync(cards, "utf8"));
  for (const { name, activity } of all) {
    activities.Activity.fromObject(activity);
    judge(name, activity.attachments[0].content);
  }
  forms.forEach((form, index) => judge(`form ${index}`, form));
  judge("answer", answers[0].value);
  for (const answer of answers) assert.equal(typeof answer.type, "string");
  for (const delivery of deliveries) activities.Activity.fromObject(delivery);
  console.log(`adaptivecards reads ${all.length} cards and ${forms.length} forms; agents-activity reads our activities`);
}

(async () => {
  const deliveries = await tokens();
  await posting(deliveries[1]);
  cardsAndActivities(deliveries);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
