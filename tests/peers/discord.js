// A bot on discord.js, driven against our Discord sandbox: it logs in to the gateway, hears a message, registers a command,
// answers an interaction with a button, edits the answer, resumes after a reconnect. Started by discord.sh.
"use strict";
const { Client, Events, GatewayIntentBits, ActionRowBuilder, ButtonBuilder, ButtonStyle } = require("discord.js");
const assert = require("node:assert/strict");

const [, , rest, token] = process.argv;
const [GUILD, ERIN, CHANNEL] = ["1000000000000000002", "1000000000000000003", "1000000000000000005"];

const post = async (path, body) => {
  const answer = await fetch(`${rest}/_sandbox/${path}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? null : answer.json();
};
const state = async () => (await fetch(`${rest}/_sandbox`)).json();

const { GuildMessages, MessageContent, Guilds, GuildMessageReactions, DirectMessages } = GatewayIntentBits;
const client = new Client({
  intents: [Guilds, GuildMessages, MessageContent, GuildMessageReactions, DirectMessages],
  rest: { api: `${rest}/api` },
});
const next = (event) => new Promise((resolve, reject) => {
  const late = setTimeout(() => reject(new Error(`${event} never came`)), 15_000);
  client.once(event, (...told) => { clearTimeout(late); resolve(told[0]); });
});

async function main() {
  const ready = next(Events.ClientReady);
  await client.login(token);
  await ready;
  console.log(`logged in as ${client.user.tag}`);

  const command = {
    name: "countersign", description: "Ask", options: [{ type: 3, name: "text", description: "What", autocomplete: true }],
  };
  const registered = await client.application.commands.set([command], GUILD);
  assert.equal(registered.size, 1);
  console.log("registered a command");

  const heard = next(Events.MessageCreate);
  await post("acts", { act: "say", user: ERIN, channel: CHANNEL, text: `<@${client.user.id}> help` });
  const message = await heard;
  assert.equal(message.author.id, ERIN);
  assert.ok(message.mentions.has(client.user.id));
  console.log(`heard “${message.content}”`);

  const typing = next(Events.InteractionCreate);
  await post("acts", { act: "type", user: ERIN, channel: CHANNEL, text: "he" });
  const typed = await typing;
  assert.equal(typed.options.getFocused(), "he");
  await typed.respond([{ name: "help", value: "help" }]);

  const slashed = next(Events.InteractionCreate);
  await post("acts", { act: "slash", user: ERIN, channel: CHANNEL, text: "help" });
  const slash = await slashed;
  assert.equal(slash.options.getString("text"), "help");
  const button = new ButtonBuilder().setCustomId("opaque").setLabel("Approve").setStyle(ButtonStyle.Success);
  await slash.reply({ content: "A card", components: [new ActionRowBuilder().addComponents(button)] });
  const card = await slash.fetchReply();
  assert.equal(card.components[0].components[0].customId, "opaque");
  console.log("answered with a button");

  const pressed = next(Events.InteractionCreate);
  await post("acts", { act: "press", user: ERIN, message: card.id, button: "Approve" });
  const press = await pressed;
  assert.ok(press.isButton() && press.customId === "opaque");
  await press.update({ content: "Approved", components: [] });
  const shown = (await state()).messages.find((found) => found.id === card.id);
  assert.equal(shown.content, "Approved");
  await card.edit("Granted");
  const alone = await slash.followUp({ content: "For you", flags: 64 });
  await slash.editReply({ message: alone.id, content: "For you alone" });
  console.log("edited the answer");

  const reacted = next(Events.MessageReactionAdd);
  await post("acts", { act: "react", user: ERIN, message: card.id, emoji: "👍" });
  assert.equal((await reacted).emoji.name, "👍");

  const resumed = next(Events.ShardResume);
  await post("gateway", { trouble: "reconnect" });
  await resumed;
  const after = next(Events.MessageCreate);
  await post("acts", { act: "say", user: ERIN, channel: CHANNEL, text: "still there?" });
  assert.equal((await after).content, "still there?");
  console.log("resumed after a reconnect");
  const failed = (await state()).interactions.filter((found) => found.answered_after_ms === null);
  assert.deepEqual(failed, []);
}

main().then(() => client.destroy()).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
