// Shows what each vendor in miniature holds for one person, and does there what the person does.
"use strict";

const PEOPLE = ["demo-employee", "demo-approver", "demo-approver2", "demo-admin", "demo-auditor"];
const person = document.getElementById("person");
PEOPLE.forEach((id) => person.append(new Option(id.replace("demo-", ""), id)));

const post = (path, body, headers = {}) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

const lines = (...texts) => texts.flat().filter(Boolean).join("\n");

// What a card of each vendor says: a title, the words, and the labels of its buttons.
const slack = {
  title: "Slack",
  user: (id) => "U0" + id.replace("demo-", "").toUpperCase(),
  messages(state, id) {
    const user = this.user(id);
    return Object.entries(state.channels).flatMap(([channel, kept]) =>
      !kept.members.includes(user) ? [] : kept.messages.filter((own) => !own.only || own.only === user).map((own) => ({
        at: own.ts, where: channel.startsWith("D") ? "" : "#" + kept.name, own: own.user === user,
        ...this.read(own), press: (button) => act("slack", { act: "press", user, channel, ts: own.ts, button }),
      })));
  },
  read(own) {
    const blocks = own.blocks ?? [];
    const of = (type) => blocks.filter((block) => block.type === type);
    const words = (element) => element.fallback ?? element.url ?? element.text ?? (element.elements ?? []).map(words).join("");
    return blocks.length === 0 ? { words: own.text, buttons: [] } : {
      title: of("header")[0]?.text.text, words: lines(of("rich_text").map(words)),
      buttons: of("actions").flatMap((row) => row.elements.map((button) => button.text.text)),
    };
  },
  say: (id, text) => act("slack", { act: "say", user: slack.user(id), text }),
};

const teams = {
  title: "Microsoft Teams",
  user: (id) => "29:1" + id,
  messages(state, id) {
    const user = state.users.find((own) => own.id === this.user(id));
    return state.messages.filter((own) => own.talk === "a:1" + user.object || state.talks.some((talk) => talk.id === own.talk && talk.members.includes(user.id)))
      .map((own) => ({
        at: own.id, where: state.talks.find((talk) => talk.id === own.talk && talk.kind !== "personal")?.name ?? "", own: own.from === user.id,
        ...this.read(own, own.seen?.[user.id] ?? own.card), press: (button) => act("teams", { act: "press", user: user.id, message: own.id, button }),
      }));
  },
  read(own, card) {
    if (!card) return { words: own.text, buttons: [] };
    // What Teams makes of its own marks for bold text and instants.
    const told = (text) => text.replaceAll("**", "").replace(/{{DATE\(([^,]+), SHORT\)}} at {{TIME\([^)]+\)}}/g, (_, at) => new Date(at).toLocaleString());
    const words = (block) => (block.text ? told(block.text) : (block.inlines ?? []).map((run) => run.text).join(""));
    const [first, ...rest] = card.body ?? [];
    return {
      title: first && words(first), words: lines(rest.filter((block) => block.type !== "ActionSet").map(words)),
      buttons: rest.filter((block) => block.type === "ActionSet").flatMap((row) => row.actions.map((action) => action.title)),
    };
  },
  say: (id, text) => act("teams", { act: "say", user: teams.user(id), text }),
};

const discord = {
  title: "Discord",
  user: (id) => "300000000000000" + String(PLACES[id]).padStart(2, "0"),
  messages(state, id) {
    const user = this.user(id);
    const seen = state.channels.filter((channel) => !channel.with || channel.with === user);
    return state.messages.filter((own) => seen.some((channel) => channel.id === own.channel) && (!own.only || own.only === user)).map((own) => {
      const channel = seen.find((channel) => channel.id === own.channel);
      return {
        at: own.id, where: channel.with ? "" : "#" + channel.name, own: own.author === user,
        ...this.read(own), press: (button) => act("discord", { act: "press", user, message: own.id, button }, "acts"),
      };
    });
  },
  read(own) {
    const [embed] = own.embeds ?? [];
    const plain = (text) => text?.replace(/\\([^\w\s])/g, "$1").replace(/<t:(\d+)(:\w)?>/g, (_, second) => new Date(second * 1000).toLocaleString());
    return !embed ? { words: plain(own.content), buttons: [] } : {
      title: plain(embed.title), words: plain(lines((embed.fields ?? []).map((field) => `${field.name}: ${field.value}`), embed.description)),
      buttons: (own.components ?? []).flatMap((row) => row.components.map((button) => button.label)),
    };
  },
  say: (id, text) => act("discord", { act: "say", user: discord.user(id), text }, "acts"),
};

const web = {
  title: "The bot's own page",
  said: [],
  async load(id) {
    const answer = await post("/api/v1/chat", { text: "status" }, { authorization: "Bearer " + id, "x-countersign-surface": "web" });
    const { cards } = await answer.json();
    return [...cards].reverse().map((card, at) => ({
      at, where: "", own: false, title: card.title, words: lines(card.fields.map((field) => `${field.label}: ${field.value}`), card.lines),
      buttons: card.buttons.map((button) => button.label),
      press: (label) => this.say(id, card.buttons.find((button) => button.label === label).say),
    }));
  },
  say: (id, text) => post("/api/v1/chat", { text }, { authorization: "Bearer " + id, "x-countersign-surface": "web" }).then(draw),
};

const PLACES = Object.fromEntries(PEOPLE.map((id, place) => [id, place + 1]));
const act = (vendor, body, page = "act") => post(`/_sandbox/${vendor}/_sandbox/${page}`, body).then(() => setTimeout(draw, 150));

const columns = Object.entries({ slack, teams, discord, web }).map(([name, surface]) => {
  const section = document.getElementById("column").content.cloneNode(true).querySelector("section");
  section.id = name;
  section.querySelector("h2").textContent = surface.title;
  section.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = event.target.elements.text.value.trim();
    if (text) surface.say(person.value, text);
    event.target.reset();
  });
  document.querySelector("main").append(section);
  return { name, surface, list: section.querySelector("ol"), shown: "" };
});
columns[0].list.closest("section").querySelector("input").placeholder = "access write on payments-api for 2 days ticket OPS-17 because rollout";

function show(column, messages) {
  const looks = JSON.stringify([person.value, messages]);
  if (looks === column.shown) return;
  column.shown = looks;
  column.list.replaceChildren(...messages.slice(-40).map((message) => {
    const item = document.createElement("li");
    item.className = message.own ? "own" : "";
    const add = (tag, text) => text && item.append(Object.assign(document.createElement(tag), { textContent: text }));
    add("small", message.where);
    add("strong", message.title);
    add("p", message.words);
    if (message.buttons.length) {
      const row = Object.assign(document.createElement("div"), { className: "buttons" });
      message.buttons.forEach((label) => {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
        button.addEventListener("click", () => message.press(label));
        row.append(button);
      });
      item.append(row);
    }
    return item;
  }));
  column.list.lastElementChild?.scrollIntoView({ block: "end" });
}

async function draw() {
  const id = person.value;
  const { chats } = await (await fetch("/_sandbox")).json();
  for (const column of columns) {
    const messages = column.name === "web" ? await web.load(id) : column.surface.messages(chats[column.name].state, id);
    if (person.value === id) show(column, messages);
  }
}

person.addEventListener("change", draw);
draw();
setInterval(draw, 1000);
