// @ts-check
/**
 * Staying with the caregiver: breathing and waiting together, a person to call, and the child who turns back; as
 * `skill/conversation/staying.py`.
 */

import * as script from "./offline_script.js";
import { what } from "./offline_stands.js";
import { written } from "./offline_wordings.js";

/** @typedef {import("./offline_draft.js").Draft} Draft */

/**
 * A launch: one thing to do, and one question.
 * @param {Draft} draft
 */
export function launch(draft) {
  const goesOn = draft.script || draft.situation;
  draft.prompt(goesOn ? "launch_resuming" : "launch", "action");
  draft.last = [];
  draft.ask(what(goesOn ? "still" : "what"));
}

/**
 * Three slow breaths together; asked for once more, it is a waiting: three rounds are enough.
 * @param {Draft} draft
 */
export function breathe(draft) {
  const wordings = draft.words.prompts.breathe.map(written);
  stay(draft, draft.lastBefore.some((passage) => wordings.includes(passage.text)) ? "wait" : "breathe");
}

/**
 * Be there, with a prompt.
 * @param {Draft} draft
 * @param {string} name
 */
export function stay(draft, name) {
  draft.prompt(name, "action");
  draft.last = [...draft.passages];
  script.askOn(draft);
}

/**
 * The number, and the shortest thing to do.
 * @param {Draft} draft
 */
export function help(draft) {
  draft.prompt("help", "action");
  script.askOn(draft);
}

/**
 * Somebody to call who is no emergency line.
 * @param {Draft} draft
 */
export function person(draft) {
  draft.prompt("person");
  draft.last = [...draft.passages];
  settle(draft);
}

/**
 * The child has turned back to the caregiver: let it happen, and say one warm thing.
 * @param {Draft} draft
 */
export function came(draft) {
  const { win } = draft.words.labels;
  if (!draft.situation) {
    script.begin(draft, win);
    return;
  }
  draft.begin(win);
  draft.prompt("came", "action");
  draft.prompt("came_say", "child");
  draft.last = [...draft.passages];
  draft.leaveScript();
  draft.ask(what("easing"));
}

/**
 * It is easing: say so, and end.
 * @param {Draft} draft
 */
export function better(draft) {
  draft.prompt("eased");
  draft.close(false);
}

/**
 * A word of encouragement, and the end, unless a script is going on.
 * @param {Draft} draft
 */
export function encourage(draft) {
  draft.speak("encouragements", draft.words.encouragements);
  draft.last = [...draft.passages];
  if (draft.inScript) settle(draft);
  else draft.close(false);
}

/**
 * What only the server can do cannot be done now.
 * @param {Draft} draft
 * @param {string} prompt
 */
export function outOfReach(draft, prompt) {
  draft.prompt(prompt);
  settle(draft);
}

/**
 * After something beside the moment: go on with it, or ask whether there is anything else.
 * @param {Draft} draft
 */
function settle(draft) {
  if (!draft.inScript) {
    draft.ask(what("else"));
    return;
  }
  if (!draft.words.labels.goes_on.includes(draft.asking.kind)) draft.asking = script.openIn(draft);
  script.askOn(draft);
}
