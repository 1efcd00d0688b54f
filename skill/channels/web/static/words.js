// The words page: beside each wording a button that plays it, silences and all.

import { Voice } from "./voice.js";

const RATE = 0.9;
const voice = new Voice();
let playing = null;

/** The sentences of a wording, each with the silence that is written after it. @param {HTMLElement} wording */
function sentences(wording) {
  const found = [];
  for (const node of wording.childNodes) {
    if (node.nodeType === Node.TEXT_NODE && node.textContent.trim()) {
      found.push({ text: node.textContent.trim(), pause: 0, kind: "line" });
    } else if (node instanceof Element && node.matches(".pause") && found.length) {
      found.at(-1).pause = Number.parseFloat(node.textContent.replace("[", ""));
    }
  }
  return found;
}

/** @param {HTMLElement} wording @param {HTMLButtonElement} button */
async function play(wording, button) {
  const before = playing;
  stop();
  if (before === button) return;
  playing = button;
  button.setAttribute("aria-pressed", "true");
  wording.classList.add("now");
  await voice.speak(sentences(wording), { rate: RATE, lang: document.documentElement.lang }, () => {});
  if (playing === button) stop();
}

function stop() {
  voice.stop();
  playing?.setAttribute("aria-pressed", "false");
  playing?.parentElement.classList.remove("now");
  playing = null;
}

if (voice.available) {
  for (const wording of document.querySelectorAll(".wording")) {
    const button = document.createElement("button");
    const [{ text = "" } = {}] = sentences(wording);
    button.type = "button";
    button.className = "play";
    button.textContent = "Play";
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", `Play: ${text}`);
    button.addEventListener("click", () => play(wording, button));
    wording.append(button);
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") stop(); });
}
