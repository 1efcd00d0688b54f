// The speaker page: what is pressed, typed or heard becomes a turn; its answer is shown, spoken, and listened after.

import { Conversation } from "./conversation.js";
import { Ears } from "./ears.js";
import { Voice } from "./voice.js";

const UNANSWERED = 8000; // milliseconds after which a question that was asked aloud has gone unanswered
const UNANSWERED_TYPING = 15000; // … for whoever types; a question about danger alone is not left open
const KEYS = { n: "next", a: "again", s: "slower" };
const NUMBER = /(\d[\d -]*\d)/;

/** @param {string} id */
const part = (id) => document.getElementById(id);
const [speaker, child, spoken, first, aloud, status, choices, talk, text, country, voiceOn, keysOn] =
  ["speaker", "child", "spoken", "first", "aloud", "status", "choices", "talk", "text", "country", "voice", "keys"].map(part);

const { edition } = document.documentElement.dataset;
const voice = new Voice();
const ears = new Ears();
const conversation = new Conversation(edition, () => country.value, showAway);

let latest = Promise.resolve(); // the turn that is under way: each waits for the one before it
let asked = 0; // counts turns: only the answer to the latest one is spoken
let byVoice = false; // whether the last sentence was spoken, and so the next one will be
let unanswered = 0; // the timer of a question that waits for someone who types

// A turn

/** @param {import("./conversation.js").Turn} turn */
function take(turn) {
  hush();
  const mine = ++asked;
  show("thinking");
  latest = latest.then(async () => {
    try {
      const answer = await conversation.turn(turn);
      render(answer);
      if (mine === asked) await say(answer, mine);
    } catch {
      if (mine === asked) show("failed");
    }
  });
  return latest;
}

function hush() {
  clearTimeout(unanswered);
  voice.stop();
  ears.stop();
}

async function say(answer, mine) {
  const items = [...spoken.children];
  show("speaking");
  const told = await voice.speak(answer.spoken, { rate: answer.rate, lang: speechLanguage() }, (index) => {
    for (const item of items) item.classList.toggle("now", item.dataset.index === String(index));
    child.classList.toggle("now", answer.spoken[index].kind === "child");
  });
  if (!told || mine !== asked) return;
  show("idle");
  if (answer.listening && byVoice) listen(Date.now());
  else if (answer.listening && answer.danger !== "none") wait();
}

/** A question about danger that nobody answers is answered all the same. */
function wait() {
  clearTimeout(unanswered);
  unanswered = setTimeout(() => take({ kind: "silence" }), UNANSWERED_TYPING);
}

function listen(since) {
  byVoice = true;
  show("listening");
  ears.listen(speechLanguage(), {
    so_far: (words) => { status.textContent = words; },
    heard: (words) => take({ kind: "said", text: words }),
    silence: () => {
      // Some browsers give up after a second or two.
      if (Date.now() - since < UNANSWERED) listen(since);
      else take({ kind: conversation.open ? "silence" : "launch" });
    },
    failed: (why) => {
      byVoice = false;
      show(why === "not-allowed" || why === "service-not-allowed" ? "forbidden" : "deaf");
      text.focus();
    },
  });
}

// What is seen

function render(answer) {
  first.hidden = true;
  if (answer.child) child.textContent = answer.child;
  // A sentence to the child holds for as long as its script does.
  const holds = answer.child || (answer.danger === "none" && conversation.script && conversation.script === child.dataset.script);
  child.hidden = !holds;
  child.dataset.script = conversation.script;
  // What announces that sentence is heard, and needs no line of its own beside it.
  const written = (index) => answer.spoken[index].kind !== "child"
    && !(answer.spoken[index].kind === "line" && answer.spoken[index + 1]?.kind === "child");
  spoken.replaceChildren(...answer.spoken.map(item).filter((_, index) => written(index)));
  if (!voice.on || !voice.available) aloud.textContent = answer.spoken.map((sentence) => sentence.text).join(" ");
  choices.hidden = !conversation.away || answer.danger !== "none";
  // Whoever typed had scrolled down to the field.
  scrollTo(0, 0);
  awake(answer.listening);
}

function item(sentence, index) {
  const line = document.createElement("li");
  line.dataset.index = String(index);
  line.className = sentence.kind;
  for (const piece of sentence.text.split(NUMBER)) {
    if (NUMBER.test(piece)) {
      const link = document.createElement("a");
      link.href = `tel:${piece.replace(/[ -]/g, "")}`;
      link.textContent = piece;
      line.append(link);
    } else line.append(piece);
  }
  return line;
}

/** @param {"idle"|"thinking"|"speaking"|"listening"|"failed"|"forbidden"|"deaf"} doing */
function show(doing) {
  talk.dataset.doing = doing;
  talk.textContent = doing === "listening" ? talk.dataset.listening : ears.available ? talk.dataset.talk : talk.dataset.begin;
  status.textContent = status.dataset[doing] ?? (conversation.away ? status.dataset.away : "");
}

function showAway(away) {
  choices.replaceChildren(...(away ? conversation.choices() : []).map(({ label, text: words }) => {
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", () => take({ kind: "situation", label }));
    line.append(button);
    return line;
  }));
  choices.hidden = true;
  show(talk.dataset.doing ?? "idle");
}

let lock = null;
/** Keep the screen on while somebody is spoken with. */
async function awake(on) {
  try {
    if (on) lock ??= await navigator.wakeLock?.request("screen");
    else { await lock?.release(); lock = null; }
  } catch {
    lock = null; // The battery is low, or the page is not seen.
  }
}

// What is pressed

talk.addEventListener("click", () => {
  if (ears.listening) {
    hush();
    asked += 1;
    show("idle");
  } else if (ears.available) {
    hush();
    asked += 1;
    listen(Date.now());
  } else if (conversation.open) text.focus();
  else take({ kind: "launch" });
});

for (const button of document.querySelectorAll("[data-kind]")) {
  button.addEventListener("click", () => pressed(button.dataset.kind));
}

function pressed(kind) {
  if (kind === "stop" && !conversation.open) {
    hush();
    asked += 1;
    show("idle");
  } else take({ kind });
}

part("type").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  byVoice = false;
  text.value = "";
  if (words) take({ kind: "said", text: words });
});

// Whoever is typing is answering.
text.addEventListener("input", () => { if (unanswered) wait(); });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape") { pressed("stop"); return; }
  if (!keysOn.checked || event.target.closest("input, select, textarea")) return;
  const key = event.key.toLowerCase();
  if (KEYS[key]) pressed(KEYS[key]);
  else if (key === "t") talk.click();
  else return;
  event.preventDefault();
});

// What is set

function speechLanguage() {
  return country.value === "ZZ" ? "en" : conversation.locale;
}

/** A setting that this browser remembers. */
function remember(control, property, told = () => {}) {
  const name = `stay-close-${control.id}`;
  const before = localStorage.getItem(name);
  if (before !== null) control[property] = property === "checked" ? before === "true" : before;
  control.addEventListener("change", () => {
    localStorage.setItem(name, String(control[property]));
    told();
  });
}

const [, region = ""] = navigator.language.split("-");
if ([...country.options].some((option) => option.value === region)) country.value = region;
remember(country, "value", () => conversation.moved());
remember(voiceOn, "checked", () => { voice.on = voiceOn.checked; if (!voice.on) voice.stop(); });
remember(keysOn, "checked");
voice.on = voiceOn.checked;

show("idle");
speaker.dataset.ready = String(Math.round(performance.now()));

// Without a network

conversation.prepare().catch(() => {});
addEventListener("online", () => show(talk.dataset.doing));
addEventListener("pagehide", () => { hush(); conversation.leave(); });

if ("serviceWorker" in navigator) {
  const address = `/service-worker.js?edition=${edition}`;
  const policy = window.trustedTypes?.createPolicy("stay-close", { createScriptURL: (url) => url });
  navigator.serviceWorker.register(policy ? policy.createScriptURL(address) : address).catch(() => {});
}
