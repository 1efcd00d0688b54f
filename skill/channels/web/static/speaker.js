// The speaker page: what is pressed, typed or heard becomes a turn; its answer is shown, spoken, and listened after.

import { Conversation } from "./conversation.js";
import { Ears } from "./ears.js";
import { browser, tab } from "./memory.js";
import { render, said, showChoices, showNow } from "./screen.js";
import { Voice } from "./voice.js";

const UNANSWERED = 8000; // milliseconds after which a question that was asked aloud has gone unanswered
const UNANSWERED_TYPING = 15000; // … for whoever types; a question about danger alone is not left open
const BREATH = 300; // … between two times of listening: some browsers give up at once
const KEYS = { n: "next", a: "again", s: "slower" };
const SHOWN = "stay-close-shown";

/** @param {string} id */
const part = (id) => document.getElementById(id);
const [speaker, aloud, status, talk, text, country, voiceOn, keysOn] =
  ["speaker", "aloud", "status", "talk", "text", "country", "voice", "keys"].map(part);

const { edition } = document.documentElement.dataset;
const voice = new Voice(speakless);
const ears = new Ears();
const conversation = new Conversation({ edition, person: speaker.dataset.person }, () => country.value, showAway);

let latest = Promise.resolve(); // the turn that is under way: each waits for the one before it
let asked = 0; // counts turns: only the answer to the latest one is spoken
let answered = null; // the latest answer
let byVoice = false; // whether the last sentence was spoken, and so the next one will be
let unanswered = 0; // the timer of a question that waits for someone who types

// A turn

/** @param {import("./conversation.js").Turn} turn */
function take(turn) {
  const mine = interrupt();
  show("thinking");
  latest = latest.then(async () => {
    try {
      answered = await conversation.turn(turn);
      display(answered);
      if (mine === asked) await say(answered, mine);
    } catch {
      if (mine === asked) show("failed");
    }
  });
  return latest;
}

/** Whatever is spoken or listened to gives way; gives the number of what comes now. */
function interrupt() {
  clearTimeout(unanswered);
  unanswered = 0;
  voice.stop();
  ears.stop();
  asked += 1;
  return asked;
}

async function say(answer, mine) {
  show("speaking");
  const how = { rate: answer.rate, lang: speechLanguage() };
  const told = await voice.speak(answer.spoken, how, (index) => showNow(index, answer.spoken[index].kind));
  if (!told || mine !== asked) return;
  show("idle");
  if (answer.listening && byVoice) listen(Date.now());
  else waitInDanger();
}

/** A question about danger that nobody answers is answered all the same. */
function waitInDanger() {
  clearTimeout(unanswered);
  unanswered = 0;
  if (!answered?.listening || answered.danger === "none") return;
  unanswered = setTimeout(() => take({ kind: "silence" }), UNANSWERED_TYPING);
}

function listen(since) {
  const mine = asked;
  byVoice = true;
  show("listening");
  ears.listen(speechLanguage(), {
    so_far: (words) => { status.textContent = words; },
    heard: (words) => take({ kind: "said", text: words }),
    silence: () => {
      if (Date.now() - since >= UNANSWERED) take({ kind: conversation.open ? "silence" : "launch" });
      else setTimeout(() => { if (mine === asked) listen(since); }, BREATH);
    },
    failed: (why) => cannotHear(why.endsWith("not-allowed") ? "forbidden" : "deaf"),
  });
}

/** Whoever does not look is to know that nobody listens. */
async function cannotHear(doing) {
  const mine = interrupt();
  byVoice = false;
  text.focus();
  show(doing);
  await voice.speak(conversation.says("cannot_hear"), { rate: 0.9, lang: speechLanguage() }, () => {});
  if (mine === asked) waitInDanger();
}

// What is seen

function display(answer) {
  render(answer, conversation.script, conversation.away);
  if (!voice.heard) aloud.textContent = said(answer);
  if (answer.listening && answer.danger === "none") tab.keep(SHOWN, JSON.stringify([answer, conversation.script]));
  else tab.forget(SHOWN);
  awake(answer.listening);
}

/** There is no voice, or none any more: what is shown is told to who cannot see it. */
function speakless() {
  if (answered) aloud.textContent = said(answered);
}

/** @param {"idle"|"thinking"|"speaking"|"listening"|"failed"|"forbidden"|"deaf"} doing */
function show(doing) {
  talk.dataset.doing = doing;
  talk.textContent = doing === "listening" ? talk.dataset.listening : ears.available ? talk.dataset.talk : talk.dataset.begin;
  const stays = conversation.out ? status.dataset.out : conversation.away ? status.dataset.away : "";
  status.textContent = status.dataset[doing] ?? stays;
  part("door").hidden = !conversation.out;
}

function showAway(away) {
  showChoices(away ? conversation.choices() : [], (label) => take({ kind: "situation", label }));
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
    interrupt();
    byVoice = false;
    show("idle");
    waitInDanger();
  } else if (ears.available) {
    interrupt();
    listen(Date.now());
  } else if (conversation.open) text.focus();
  else take({ kind: "launch" });
});

for (const button of document.querySelectorAll("[data-kind]")) {
  button.addEventListener("click", () => pressed(button.dataset.kind));
}

function pressed(kind) {
  if (kind === "stop" && !conversation.open) {
    interrupt();
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
text.addEventListener("input", () => { if (unanswered) waitInDanger(); });

document.addEventListener("keydown", (event) => {
  // A key that is held is pressed once.
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape") escape(event.target);
  else if (keysOn.checked && !event.target.closest("input, select, textarea")) letter(event);
});

/** Stop; but from a list or a field that is filled, only out of there. */
function escape(target) {
  if (target.closest("select")) return;
  if (target === text && text.value) text.value = "";
  else pressed("stop");
}

function letter(event) {
  const key = event.key.toLowerCase();
  if (KEYS[key]) pressed(KEYS[key]);
  else if (key === "t") talk.click();
  else return;
  event.preventDefault();
}

// What is set

function speechLanguage() {
  return country.value === "ZZ" ? "en" : conversation.locale;
}

/** A setting that this browser remembers. */
function remember(control, property, told = () => {}) {
  const name = `stay-close-${control.id}`;
  const before = browser.get(name);
  if (before !== null) control[property] = property === "checked" ? before === "true" : before;
  control.addEventListener("change", () => {
    browser.keep(name, String(control[property]));
    told();
  });
}

// A browser that names a country whose numbers are not known here has none of another's.
const [, region] = navigator.language.split("-").map((code) => code.toUpperCase());
if (region?.length === 2) country.value = [...country.options].some(({ value }) => value === region) ? region : "ZZ";
remember(country, "value", () => {
  conversation.moved();
  // What was said with another country's number is said anew.
  if (conversation.open && answered?.spoken.some((sentence) => /\d/.test(sentence.text))) take({ kind: "help" });
});
remember(voiceOn, "checked", () => {
  voice.on = voiceOn.checked;
  if (!voice.on) speakless();
});
remember(keysOn, "checked");
voice.on = voiceOn.checked;
if (!ears.available) part("first").textContent = part("first").dataset.typing;

try {
  // What stood there before the page was loaded anew.
  const [answer, script] = JSON.parse(tab.get(SHOWN));
  render(answer, script, false);
} catch {
  tab.forget(SHOWN);
}
status.classList.remove("waiting");
show("idle");
speaker.dataset.ready = String(Math.round(performance.now()));

// Without a network

conversation.prepare().catch(() => {});
addEventListener("online", () => show(talk.dataset.doing));
addEventListener("pagehide", () => { interrupt(); conversation.leave(); });

if ("serviceWorker" in navigator) {
  const address = `/service-worker.js?edition=${edition}`;
  const policy = window.trustedTypes?.createPolicy("stay-close", { createScriptURL: (url) => url });
  navigator.serviceWorker.register(policy ? policy.createScriptURL(address) : address).catch(() => {});
}
