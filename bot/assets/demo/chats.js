// Shows what each vendor in miniature holds for one person, and does there what the person does.
"use strict";

const PEOPLE = ["demo-employee", "demo-approver", "demo-approver2", "demo-admin", "demo-auditor"];
const person = document.getElementById("person");
PEOPLE.forEach((id) => person.append(new Option(id.replace("demo-", ""), id)));

const post = (path, body, headers = {}) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

// With its zone, for what people name is said in theirs.
const zoned = { year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" };
const local = (at) => new Date(at).toLocaleString(undefined, zoned);

// "Status: waiting" is a fact with a name; everything else is said. Runs are [text, bold, link].
const read = (lines) => {
  const card = { facts: [], said: [] };
  for (const runs of lines) {
    const [first, ...rest] = runs;
    if (first?.[1] && /:\s*$/.test(first[0])) card.facts.push([first[0].replace(/:\s*$/, ""), rest]);
    else if (runs.some(([text]) => text.trim())) card.said.push(runs);
  }
  return card;
};
const plainly = (text) => ({ facts: [], said: (text ?? "").replaceAll("<@U0BOT>", "@Countersign").split("\n").filter(Boolean).map((line) => [[line]]), buttons: [] });

// What a card of each vendor says: a title, facts, what is said, and its buttons with how they look.
const slack = {
  title: "Slack",
  user: (id) => "U0" + id.replace("demo-", "").toUpperCase(),
  messages(state, id) {
    const user = this.user(id);
    return Object.entries(state.channels).flatMap(([channel, kept]) =>
      !kept.members.includes(user) ? [] : kept.messages.filter((own) => !own.only || own.only === user).map((own) => ({
        at: own.ts, where: channel.startsWith("D") ? "" : "#" + kept.name, own: own.user === user,
        ...this.read(own), press: async (button) => {
          await act("slack", { act: "press", user, channel, ts: own.ts, button });
          const { chats } = await (await fetch("/_sandbox")).json();
          const [view, open] = Object.entries(chats.slack.state.views).find(([, view]) => view.user === user && view.view.callback_id === "countersign.why") ?? [];
          if (!open) return;
          const why = await asked();
          if (why === null) return;
          await act("slack", { act: "fill", user, view, block: "reason", value: why });
          act("slack", { act: "submit", user, view });
        },
      // Slack keeps what is said by channels; who reads one list of it all reads it as it came.
      }))).sort((one, other) => one.at - other.at);
  },
  read(own) {
    const blocks = own.blocks ?? [];
    const of = (type) => blocks.filter((block) => block.type === type);
    if (blocks.length === 0) return plainly(own.text);
    const lines = [[]];
    for (const run of of("rich_text").flatMap((block) => block.elements).flatMap((element) => element.elements)) {
      const told = run.type === "date" ? local(run.timestamp * 1000) : run.text ?? run.url ?? "";
      told.split("\n").forEach((text, at) => {
        if (at > 0) lines.push([]);
        if (text) lines.at(-1).push([text, run.style?.bold, run.url]);
      });
    }
    const looks = { primary: "primary", danger: "danger" };
    return {
      title: of("header")[0]?.text.text, ...read(lines),
      buttons: of("actions").flatMap((row) => row.elements.map((button) => ({ label: button.text.text, look: looks[button.style] }))),
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
        ...this.read(own, own.seen?.[user.id] ?? own.card), press: async (button) => {
          const opens = (own.seen?.[user.id] ?? own.card).body.flatMap((block) => block.actions ?? []).find((action) => action.title === button)?.card;
          const why = opens ? await asked() : "";
          if (why !== null) act("teams", { act: "press", user: user.id, message: own.id, button, inputs: opens ? { why } : {} });
        },
      }));
  },
  read(own, card) {
    if (!card) return plainly(own.text);
    const instants = (text) => text.replace(/{{DATE\(([^,]+), SHORT\)}} at {{TIME\([^)]+\)}}/g, (_, at) => local(at));
    // What Teams makes of its own marks for bold text.
    const marked = (text) => instants(text).split("**").map((part, at) => [part, at % 2 === 1]).filter(([part]) => part);
    const runs = (block) => (block.text ? marked(block.text) : (block.inlines ?? []).map((run) => [run.text, run.weight === "Bolder", run.selectAction?.url]));
    const [first, ...rest] = card.body ?? [];
    const looks = { positive: "primary", destructive: "danger" };
    return {
      title: first && runs(first).map(([text]) => text).join(""), ...read(rest.filter((block) => block.type !== "ActionSet").map(runs)),
      buttons: rest.filter((block) => block.type === "ActionSet").flatMap((row) => row.actions.map((action) => ({ label: action.title, look: looks[action.style] }))),
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
        ...this.read(own), press: async (button) => {
          const begun = await (await act("discord", { act: "press", user, message: own.id, button }, "acts")).json().catch(() => ({}));
          const { chats } = await (await fetch("/_sandbox")).json();
          const form = chats.discord.state.interactions.find((one) => one.id === begun.id && one.answer?.type === 9);
          const why = form ? await asked() : null;
          if (form && why !== null) act("discord", { act: "submit", user, interaction: form.id, fields: { reason: why } }, "acts");
        },
      };
    });
  },
  read(own) {
    const [embed] = own.embeds ?? [];
    const plain = (text) => (text ?? "").replace(/\\([^\w\s])/g, "$1").replace(/<t:(\d+)(:\w)?>/g, (_, second) => local(second * 1000));
    // The bot's own Markdown: a bold label at the beginning of a line, and a text with its address.
    const linked = (text) => text.split(/(\[(?:\\.|[^\]\\])*\]\([^)]+\))/).filter(Boolean).map((part) => {
      const link = part.match(/^\[(.*)\]\(([^)]+)\)$/);
      return link ? [plain(link[1]), false, link[2]] : [plain(part)];
    });
    const runs = (line) => {
      const labelled = line.match(/^\*\*(.*?):\*\* ?(.*)$/);
      return labelled ? [[plain(labelled[1]) + ":", true], ...linked(labelled[2])] : linked(line);
    };
    if (!embed) return plainly(plain(own.content));
    const looks = { 1: "primary", 3: "primary", 4: "danger" };
    return {
      title: plain(embed.title), colour: "#" + (embed.color ?? 0).toString(16).padStart(6, "0"),
      ...read((embed.description ?? "").split("\n").map(runs)),
      buttons: (own.components ?? []).flatMap((row) => row.components.map((button) => ({ label: button.label, look: looks[button.style] }))),
    };
  },
  say: (id, text) => act("discord", { act: "say", user: discord.user(id), text }, "acts"),
};

const web = {
  title: "The bot's own page",
  said: [],
  async load(id) {
    const answer = await post("/api/v1/chat", { text: "status" }, { authorization: "Bearer " + id });
    const { cards } = await answer.json();
    return [...cards].reverse().map((card, at) => ({
      at, where: "", own: false, title: card.title,
      facts: card.fields.map((field) => [field.label, [[field.value, false, field.link], ...(field.note ? [[" " + field.note]] : [])]]),
      said: card.lines.map((line) => [[line]]), buttons: card.buttons.map(({ label, style }) => ({ label, look: style })),
      press: async (label) => {
        const button = card.buttons.find((own) => own.label === label);
        const why = button.asks_why ? await asked() : "";
        if (why === null) return;
        this.say(id, why ? `${button.say} because ${why}` : button.asks_why ? button.say.replace("deny", "deny without a reason") : button.say);
      },
    }));
  },
  say: (id, text) => post("/api/v1/chat", { text }, { authorization: "Bearer " + id }).then(draw),
};

// The reason that the vendor's own client asks for in a window of its own; null where somebody thinks better of it.
const asked = () => new Promise((tell) => {
  const dialog = document.getElementById("why");
  dialog.querySelector("form").reset();
  dialog.returnValue = "";
  dialog.addEventListener("close", () => tell(dialog.returnValue === "send" ? dialog.querySelector("textarea").value.trim() : null), { once: true });
  dialog.showModal();
});

// What the help desk does, each said by somebody in one of the chats. Its documents are brought before the first.
let brought;
async function sample(button, { who, where, channel, text }) {
  button.disabled = true;
  brought ??= post("/_sandbox/documents", {});
  if (!(await brought).ok) brought = undefined;
  person.value = who;
  const surface = { slack, teams, discord }[where];
  await act(where, { act: "say", user: surface.user(who), ...(channel && { channel }), text }, where === "discord" ? "acts" : "act");
  button.disabled = false;
}
fetch("/_sandbox/samples.json").then((answer) => answer.json()).then((samples) => samples.forEach((one) => {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: one.label, title: one.about });
  button.addEventListener("click", () => sample(button, one));
  document.getElementById("samples").append(button);
}));

const PLACES = Object.fromEntries(PEOPLE.map((id, place) => [id, place + 1]));
const act = (vendor, body, page = "act") => post(`/_sandbox/${vendor}/_sandbox/${page}`, body).then((answer) => (setTimeout(draw, 150), answer));

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
    const add = (tag, text, to = item) => text && to.append(Object.assign(document.createElement(tag), { textContent: text }));
    const runs = (tag, of, to) => {
      const line = document.createElement(tag);
      of.forEach(([text, bold, link]) => line.append(link ? Object.assign(document.createElement("a"), { href: link, textContent: text }) : bold ? Object.assign(document.createElement("b"), { textContent: text }) : text));
      to.append(line);
    };
    if (message.colour) item.style.setProperty("--colour", message.colour);
    add("small", message.where);
    add("strong", message.title);
    if (message.facts.length) {
      const facts = document.createElement("dl");
      message.facts.forEach(([label, value]) => { add("dt", label, facts); runs("dd", value, facts); });
      item.append(facts);
    }
    message.said.forEach((line) => runs("p", line, item));
    if (message.buttons.length) {
      const row = Object.assign(document.createElement("div"), { className: "buttons" });
      message.buttons.forEach(({ label, look }) => {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, className: look ?? "" });
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
