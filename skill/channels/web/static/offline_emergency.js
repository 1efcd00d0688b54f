// @ts-check
/**
 * An emergency: the number, what to do meanwhile, and the safety question; as `skill/conversation/emergency.py`.
 */

import { what } from "./offline_stands.js";

/** @typedef {import("./offline_draft.js").Draft} Draft */

/**
 * An emergency was heard: whatever was going on gives way to its number.
 * @param {Draft} draft
 * @param {string} label
 * @param {string} form
 */
export function begin(draft, label, form) {
  draft.begin(label);
  draft.leaveScript();
  call(draft, label, form);
}

/**
 * Say whom to call; the question after it leaves open whatever comes next.
 * @param {Draft} draft
 * @param {string} label
 * @param {string} name
 */
export function call(draft, label, name) {
  const form = formOf(draft, label, name);
  draft.danger = "sure";
  draft.speak(`emergencies/${label}/${form.name}`, form.call, "call");
  draft.speak(`emergencies/${label}/${form.name}/say`, form.say, "child");
  draft.last = [...draft.passages];
  if (form.closes) draft.close(false);
  else askNumber(draft, label, name, form.then.length ? "meanwhile" : "number");
}

/**
 * Say a part of a form and offer the number again; the call itself, where the form has no such part.
 * @param {Draft} draft
 * @param {string} label
 * @param {string} name
 * @param {"then" | "say"} part
 */
export function say(draft, label, name, part) {
  const form = formOf(draft, label, name);
  if (!form[part].length) {
    call(draft, label, name);
    return;
  }
  draft.speak(`emergencies/${label}/${form.name}/${part}`, form[part], part === "then" ? "action" : "child");
  draft.last = [...draft.passages];
  askNumber(draft, label, name);
}

/**
 * Offer the number again, or what to do meanwhile.
 * @param {Draft} draft
 * @param {string} label
 * @param {string} name
 * @param {string} [offer]
 */
export function askNumber(draft, label, name, offer = "number") {
  draft.danger = "sure";
  draft.prompt(offer, "question");
  draft.wait(what("number", [label, name], offer));
}

/**
 * The number that an emergency says first.
 * @param {Draft} draft
 * @param {string} label
 * @param {string} name
 */
export function number(draft, label, name) {
  const found = /\{(\w+)\}/.exec(formOf(draft, label, name).call[0].join(" "));
  return draft.numbers[found?.[1] ?? "emergency"];
}

/**
 * Ask a safety question; whatever is no clear no to it means yes.
 * @param {Draft} draft
 * @param {string} name
 * @param {string} ifYes The emergency that yes means.
 * @param {string} ifNo The situation that no means; empty for none.
 * @param {boolean} [again] Whether it is asked in the words in which it was heard.
 */
export function askSafety(draft, name, ifYes, ifNo, again = false) {
  const { ask } = draft.words.safety[name];
  draft.danger = "ask";
  if (ifNo) draft.begin(ifNo);
  if (again) draft.passages.push(...draft.heard(`safety/${name}`, ask, "question"));
  else draft.speak(`safety/${name}`, ask, "question");
  draft.last = draft.passages.slice(-1);
  draft.wait(what("safety", [ifYes, ifNo], name));
}

/**
 * Nothing was answered: the number once more, or the question alone where it may be overheard; then the end.
 * @param {Draft} draft
 */
export function silent(draft) {
  const [label, name] = draft.asking.options;
  if (draft.silences) {
    leave(draft);
    return;
  }
  if (draft.words.emergencies[label].quiet) askNumber(draft, label, name, draft.asking.question);
  else call(draft, label, name);
  draft.silences = 1;
}

/**
 * End after an emergency; next to nothing is said where it may be overheard.
 * @param {Draft} draft
 */
export function leave(draft) {
  const [label, name] = draft.asking.options;
  if (draft.words.emergencies[label].quiet) draft.prompt("stopped_quiet");
  else draft.prompt("after_emergency", "line", { number: number(draft, label, name) });
  draft.close(false);
}

/**
 * @param {Draft} draft
 * @param {string} label
 * @param {string} name
 */
function formOf(draft, label, name) {
  const { forms } = draft.words.emergencies[label];
  return forms.find((/** @type {{name: string}} */ form) => form.name === name) ?? forms[0];
}
