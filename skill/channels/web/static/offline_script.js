// @ts-check
/**
 * How a script is spoken: a step a turn, its follow-up, and the gentlest one; as `skill/conversation/script.py`.
 */

import * as emergency from "./offline_emergency.js";
import { what } from "./offline_stands.js";
import { shortened } from "./offline_wordings.js";

/** @typedef {import("./offline_draft.js").Draft} Draft */
/** @typedef {import("./offline_draft.js").Passage} Passage */

/**
 * Answer a situation from the first step of its script.
 * @param {Draft} draft
 * @param {string} label
 * @param {string} [asked] A safety question that was answered already.
 */
export function begin(draft, label, asked = "") {
  const { labels, scripts, emergencies } = draft.words;
  if (Object.hasOwn(emergencies, label)) {
    emergency.begin(draft, label, "");
    return;
  }
  draft.begin(label);
  draft.leaveScript();
  draft.script = Object.hasOwn(scripts, label) ? label : labels.general;
  const first = scripts[draft.script].ask_first;
  if (first && first !== asked && !(asked && first === labels.anyone)) {
    draft.prompt("settle", "action");
    askSafety(draft, first, label);
  } else step(draft, asked);
}

/**
 * Speak the next step.
 * @param {Draft} draft
 * @param {string} [after] A safety question that was just answered with no.
 */
export function step(draft, after = "") {
  const script = draft.words.scripts[draft.script];
  const now = script.steps[draft.step];
  draft.speak(`${draft.script}/${draft.step}`, now.do, "action");
  if (now.say) toChild(draft, draft.script);
  if (draft.short) draft.passages = few(draft.passages);
  if (after) draft.speak(`safety/${after}/after_no`, draft.words.safety[after].after_no);
  draft.step += 1;
  draft.last = [...draft.passages];
  if (draft.step < script.steps.length) draft.ask(what("next"));
  else if (script.ask_last) askSafety(draft, script.ask_last, draft.script);
  else if (script.closes) draft.close(false);
  else draft.ask(what("easing"));
}

/**
 * What to do when the script has not helped, and whom to turn to.
 * @param {Draft} draft
 */
export function followUp(draft) {
  notHelped(draft);
  draft.ask(what(), { name: "what_now" });
}

/**
 * What to do when it is getting worse: the same, and whether anyone is in danger.
 * @param {Draft} draft
 */
export function worse(draft) {
  notHelped(draft);
  emergency.askSafety(draft, "hurt_or_danger", draft.words.labels.any_danger, "");
}

/**
 * The number, and the gentlest script, from which `next` goes on.
 * @param {Draft} draft
 */
export function gentlest(draft) {
  const { general } = draft.words.labels;
  draft.leaveScript();
  draft.script = general;
  draft.step = 1;
  draft.prompt("not_understood_twice", "action");
  toChild(draft, general);
  draft.last = [...draft.passages];
  draft.ask(what("next"));
}

/**
 * The sentence to say to the child, and nothing else; each time another.
 * @param {Draft} draft
 */
export function toSay(draft) {
  const name = current(draft);
  toChild(draft, draft.words.scripts[name].say.length ? name : draft.words.labels.general);
  draft.last = [...draft.passages];
  askOn(draft);
}

/**
 * What was said last, once more; a question beside the script is asked again by itself.
 * @param {Draft} draft
 */
export function again(draft) {
  if (draft.words.labels.goes_on.includes(draft.asking.kind)) {
    draft.passages.push(...lastSaid(draft));
    askOn(draft);
  } else askOn(draft, true);
}

/**
 * The last step in fewer words; whatever comes after is short as well.
 * @param {Draft} draft
 */
export function shorter(draft) {
  draft.passages.push(...few(lastSaid(draft)));
  askOn(draft);
}

/**
 * Ask the open question once more; with `repeated` it has gone unanswered, and is put in other words.
 * @param {Draft} draft
 * @param {boolean} [repeated]
 */
export function askOn(draft, repeated = false) {
  const { asking } = draft;
  const { choices } = draft.words;
  if (asking.kind === "choose") {
    const [first, second] = asking.options;
    draft.ask(asking, { again: repeated, blanks: { first: choices[first], second: choices[second] } });
  } else if (asking.kind === "outcome") draft.ask(asking, { name: asking.question || "outcome", again: repeated });
  else draft.ask(asking, { again: repeated });
}

/**
 * The question that a script leaves open where it stands.
 * @param {Draft} draft
 */
export function openIn(draft) {
  if (!draft.script) return what();
  return what(draft.step < draft.words.scripts[draft.script].steps.length ? "next" : "easing");
}

/** @param {Draft} draft */
function notHelped(draft) {
  const name = current(draft);
  const script = draft.words.scripts[name];
  draft.speak(`${name}/if_not`, script.if_not, "action");
  draft.speak(`${name}/more_help`, script.more_help);
  draft.last = [...draft.passages];
  draft.leaveScript();
}

/**
 * The script that goes with where the conversation stands.
 * @param {Draft} draft
 * @returns {string}
 */
function current(draft) {
  const label = draft.script || draft.situation;
  return Object.hasOwn(draft.words.scripts, label) ? label : draft.words.labels.general;
}

/**
 * What was said last, or the step that was heard last.
 * @param {Draft} draft
 * @returns {Passage[]}
 */
function lastSaid(draft) {
  const last = draft.repeated();
  if (last.length || !draft.script || !draft.step) return last;
  const { steps, say } = draft.words.scripts[draft.script];
  const place = draft.step - 1;
  const passages = draft.heard(`${draft.script}/${place}`, steps[place].do, "action");
  if (steps[place].say) passages.push(...draft.heard(`${draft.script}/say`, say, "child"));
  return draft.short ? few(passages) : passages;
}

/**
 * The first sentence of each passage, with every one that names a number, and the whole of what is to be said.
 * @param {Passage[]} passages
 * @returns {Passage[]}
 */
function few(passages) {
  return passages.map((passage) =>
    passage.kind === "child" || passage.kind === "call" ? passage : { ...passage, heard: shortened(passage.heard) },
  );
}

/**
 * Speak a script's sentence to the child.
 * @param {Draft} draft
 * @param {string} name
 */
function toChild(draft, name) {
  draft.speak(`${name}/say`, draft.words.scripts[name].say, "child");
}

/**
 * Ask a safety question that belongs to a script.
 * @param {Draft} draft
 * @param {string} name
 * @param {string} label
 */
function askSafety(draft, name, label) {
  const { danger } = draft.words.scripts[draft.script];
  emergency.askSafety(draft, name, danger || draft.words.safety[name].if_yes, label);
}
