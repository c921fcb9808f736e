// The page works without this; with it, sentences are sent in the background, cards change where they stand, and times
// are told in the viewer's own zone.
"use strict";

const chat = document.querySelector(".chat");
const stream = document.getElementById("stream");
const composer = document.querySelector(".composer");
const line = document.getElementById("line");
const news = document.getElementById("news");
// The year only where it is not this one; the zone always, for what people name is said in theirs. The whole instant stands in the title.
const thisYear = new Date().getFullYear();
const short = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" };
const zoned = (date) =>
  date.toLocaleString(undefined, date.getFullYear() === thisYear ? short : { ...short, year: "numeric" });

// On the card of a question that is being answered; and the stream of that answer, while there is one to come.
const STOP = '[name=text][value="stop answering"]';
let answering;

document.documentElement.classList.add("scripted");
letSwitch(document.getElementById("person"));
tellTimes(document);
if (chat) start();
document.querySelector("form.file")?.addEventListener("submit", (event) => {
  event.preventDefault();
  bring(event.target);
});

// Whoever chooses by the mouse is that person at once; by the keyboard one goes from one to the next, and presses the button then.
function letSwitch(person) {
  person?.addEventListener("keydown", () => person.form.classList.add("by-keyboard"));
  person?.addEventListener("change", () => person.form.classList.contains("by-keyboard") || person.form.submit());
}

function start() {
  follow(chat.dataset.after);
  listen();
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") !== "/say") return;
    event.preventDefault();
    if (isSure(event.target.querySelector("button"))) say(event.target);
  });
  document.addEventListener("click", (event) => {
    const example = event.target.closest?.("a.example");
    if (!example) return;
    event.preventDefault();
    composer.elements.text.value = example.textContent;
    composer.elements.text.focus();
  });
  // A field that opens is written into at once, and closed by Escape.
  document.addEventListener("toggle", (event) => event.target.matches?.("details.why[open]") && bringUp(event.target), true);
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest?.("details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  stream.lastElementChild?.scrollIntoView({ block: "end" });
}

// Nothing can be done any more of what a question offers: it stays said, and nothing of it can be pressed.
function offerNothing({ question, said: over }) {
  const says = `answer ${question} with `;
  for (const card of stream.querySelectorAll(".card")) {
    const offers = [...card.querySelectorAll("form")].filter((form) => form.elements.text?.value.startsWith(says));
    if (!offers.length) continue;
    const held = offers.some((form) => form.contains(document.activeElement));
    const words = document.createElement("p");
    words.textContent = over;
    offers[0].parentElement.before(words);
    offers.forEach((form) => form.remove());
    announce(over);
    if (held) reachable(card).focus({ preventScroll: true });
  }
}

// Who asked for the field is in it, and sees all of it.
function bringUp(details) {
  if (!details.contains(document.activeElement) || document.activeElement.matches("summary")) details.querySelector("textarea").focus();
  details.scrollIntoView({ block: "nearest" });
}

// What takes something away is asked twice: the button may have come under the pointer just now.
function isSure(button) {
  if (!button.classList.contains("danger") || button.closest("details")) return true;
  const asked = Number(button.dataset.asked ?? 0);
  if (asked) return performance.now() - asked > 500;
  const label = button.textContent;
  button.dataset.asked = performance.now();
  button.textContent = `Really ${label.toLowerCase()}?`;
  announce(`${button.textContent} Press once more.`);
  setTimeout(() => {
    delete button.dataset.asked;
    button.textContent = label;
  }, 6000);
  return false;
}

// A file goes as it is, the way that programs send one.
async function bring(form) {
  const button = form.querySelector("button");
  if (button.ariaDisabled) return;
  button.ariaDisabled = "true";
  const line = form.querySelector(".told");
  line.textContent = "It is on its way…";
  const { file } = form.elements;
  const said = [...new FormData(form)].filter(([name, value]) => name !== "file" && value);
  try {
    const answer = await fetch("/api/v1/documents?" + new URLSearchParams([["name", file.files[0].name], ...said]), {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "X-Request-ID": crypto.randomUUID?.() ?? newId() },
      body: file.files[0],
    });
    if (answer.status === 401) return location.assign("/documents");
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.detail);
    location.assign("/documents?shown=" + encodeURIComponent(told.code));
  } catch (error) {
    line.textContent = error.message || "Countersign cannot be reached; nothing was sent.";
  } finally {
    button.ariaDisabled = null;
  }
}

async function say(form) {
  const text = form.elements.text.value.trim();
  if (!text) return;
  const fields = new URLSearchParams(new FormData(form));
  fields.set("text", text);
  const typed = form === composer;
  const button = form.querySelector("button");
  // Not `disabled`: what is cannot be where the keyboard is.
  if (button.ariaDisabled) return;
  button.ariaDisabled = "true";
  // What comes of a stop takes the place of what was being answered, and is told once.
  const stopped = form.querySelector(STOP) && form.closest("li");
  if (stopped) quiet();
  try {
    const answer = await fetch("/say", {
      method: "POST",
      headers: { Accept: "application/json", "X-Request-ID": crypto.randomUUID?.() ?? newId() },
      body: fields,
    });
    // What was typed is there again after signing in.
    if (answer.status === 401) return location.assign(typed ? "/?" + new URLSearchParams({ text }) : "/");
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail);
    if (typed) {
      form.reset();
      form.elements.text.value = "";
      append(said(text));
    }
    // What was sent is not kept on the card; what somebody else's change brings leaves what is being written.
    form.querySelectorAll("textarea, [type=password]").forEach((field) => (field.value = ""));
    // What was said of a request before is out of date with the next answer about it.
    body.items.forEach((item) => beside(item.code ?? item.about).forEach((own) => own.parentElement.remove()));
    stopped?.remove();
    body.items.forEach((item) => show(item, typed));
  } catch (error) {
    tell(error.message || "Countersign cannot be reached; nothing was sent.", true);
  } finally {
    button.ariaDisabled = null;
    listen();
    if (typed) form.elements.text.focus();
  }
}

// Puts a card on the screen: where it stands already, or at the end; a typed sentence brings it to the end. What is said about a
// request, such as a refusal, stands beneath the request's card.
function show({ code, about, html }, toTheEnd) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const card = fresh.content.querySelector(".card");
  tellTimes(card);
  if (!card.matches("[role=alert]")) announce([...card.querySelectorAll("h2, .status")].map((own) => own.textContent.trim()).join(". "));
  const subject = about && !toTheEnd ? standing(about).pop() : undefined;
  if (subject) {
    const item = document.createElement("li");
    item.append(card);
    subject.parentElement.after(item);
    item.scrollIntoView({ block: "nearest" });
    card.classList.add("fresh");
    return;
  }
  const earlier = code ? standing(code) : [];
  const last = earlier.pop();
  earlier.forEach((own) => own.parentElement.remove());
  if (last && !toTheEnd) {
    const held = last.contains(document.activeElement) && document.activeElement.textContent.trim();
    const writing = [...last.querySelectorAll("textarea, [type=password]")].filter((field) => field.value || field === document.activeElement);
    const focused = document.activeElement;
    last.replaceWith(card);
    if (keepWriting(card, writing, focused)) return card.classList.add("fresh");
    if (held !== false) ([...card.querySelectorAll("button, summary")].find((own) => own.textContent.trim() === held) ?? reachable(card)).focus({ preventScroll: true });
  } else {
    last?.parentElement.remove();
    const item = document.createElement("li");
    item.append(card);
    append(item);
  }
  card.classList.add("fresh");
}

// A card can be where the keyboard goes on: what stood there is gone.
function reachable(card) {
  card.tabIndex = -1;
  return card;
}

// What somebody is writing on a card is not lost when the card changes beneath it.
function keepWriting(card, fields, focused) {
  let kept = false;
  for (const field of fields) {
    const again = card.querySelector(`[name=${field.name}]`);
    if (!again) continue;
    const details = again.closest("details");
    if (details) details.open = true;
    again.value = field.value;
    if (field === focused) again.focus();
    kept ||= field === focused;
  }
  return kept;
}

function standing(code) {
  return [...stream.querySelectorAll(".card")].filter((own) => own.dataset.code === code);
}

function beside(about) {
  return about ? [...stream.querySelectorAll(".card")].filter((own) => own.dataset.about === about) : [];
}

function append(item) {
  document.getElementById("empty").hidden = true;
  stream.append(item);
  item.scrollIntoView({ block: "end", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function said(text) {
  const item = document.createElement("li");
  item.className = "said";
  item.append(paragraph(text));
  return item;
}

function paragraph(text) {
  const words = document.createElement("p");
  words.textContent = text;
  return words;
}

// The browser comes back by itself, and says how far it was.
function follow(after) {
  const events = new EventSource("/events?after=" + encodeURIComponent(after));
  events.addEventListener("open", () => tell(""));
  events.addEventListener("error", () => {
    tell("Not connected; trying again…", true);
    if (events.readyState === EventSource.CLOSED) comeBack(after);
  });
  events.addEventListener("card", (event) => {
    after = event.lastEventId || after;
    const told = JSON.parse(event.data);
    if (told.is_news || standing(told.code).length) show(told, false);
  });
  events.addEventListener("over", (event) => offerNothing(JSON.parse(event.data)));
  events.addEventListener("reset", () => location.reload());
}

// The question that is being answered: there is one at a time.
function waiting() {
  return [...stream.querySelectorAll(".card")].filter((own) => own.querySelector(STOP)).pop();
}

// What is being answered grows as it is said; its last event brings all of it, and takes the place of the card.
function listen() {
  if (answering || !waiting()) return;
  answering = new EventSource(`/api/v1/conversations/${chat.dataset.conversation}/events`);
  let text = "";
  const grow = (all) => {
    text = all;
    const lines = text.split("\n").filter((line) => line.trim()).map(paragraph);
    waiting()?.querySelector(".lines")?.replaceChildren(...lines);
  };
  answering.addEventListener("snapshot", (event) => grow(JSON.parse(event.data).text));
  answering.addEventListener("piece", (event) => grow(text + JSON.parse(event.data).text));
  answering.addEventListener("turn", (event) => {
    quiet();
    const fresh = document.createElement("template");
    fresh.innerHTML = JSON.parse(event.data).html;
    const card = fresh.content.querySelector(".card");
    tellTimes(card);
    card.classList.add("fresh");
    const before = waiting();
    const held = before?.contains(document.activeElement);
    before?.replaceWith(card);
    if (held) reachable(card).focus({ preventScroll: true });
    announce([...card.querySelectorAll("h2, .lines p")].map((own) => own.textContent.trim()).join(" "));
  });
  answering.addEventListener("error", () => answering?.readyState === EventSource.CLOSED && quiet());
}

function quiet() {
  answering?.close();
  answering = undefined;
}

// The bot has answered, and with no stream: it may be that nobody is signed in any more.
async function comeBack(after) {
  const me = await fetch("/api/v1/me").catch(() => undefined);
  if (me?.status === 401) return tell("You are signed out: what you send next leads to the door, and comes back with you.", true);
  setTimeout(() => follow(after), 10_000);
}

// For who does not see the screen: what is new, in a sentence.
function announce(text) {
  news.textContent = text;
}

function tell(text, trouble = false) {
  line.textContent = text;
  line.classList.toggle("off", trouble);
}

function tellTimes(within) {
  within.querySelectorAll("time").forEach((time) => {
    time.textContent = zoned(new Date(time.dateTime));
  });
}

// For pages that are not served over HTTPS or from this machine, where randomUUID is not to be had.
function newId() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
