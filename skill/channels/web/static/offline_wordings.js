// @ts-check
/**
 * Wordings: the sentences of a text, parted beforehand by the house's own rules of speech.
 */

/**
 * @typedef {(string | number)[]} Heard
 * A wording: its sentences, and after one that has a pause of its own the seconds of that.
 */

/**
 * The first sentence of a wording, with every one that names a number or comes after a pause of its own.
 * @param {Heard} heard
 * @returns {Heard}
 */
export function shortened(heard) {
  return heard.filter(
    (part, place) => place === 0 || typeof part === "number" || typeof heard[place - 1] === "number" || /\d/.test(part),
  );
}

/**
 * @param {Heard} heard
 * @returns {string[]}
 */
export function sentences(heard) {
  return /** @type {string[]} */ (heard.filter((part) => typeof part === "string"));
}

/**
 * A wording as it is written, `[4s]` for a pause of its own.
 * @param {Heard} heard
 */
export function written(heard) {
  return heard.map((part) => (typeof part === "string" ? part : `[${part}s]`)).join(" ");
}

/**
 * Every wording that may have been spoken.
 * @param {any} words
 * @returns {Generator<Heard>}
 */
export function* everyWording(words) {
  for (const script of Object.values(words.scripts)) {
    for (const step of script.steps) yield* step.do;
    yield* script.say;
    yield* script.if_not;
    yield* script.more_help;
  }
  for (const emergency of Object.values(words.emergencies)) {
    for (const form of emergency.forms) {
      yield* form.call;
      yield* form.say;
      yield* form.then;
    }
  }
  for (const question of Object.values(words.safety)) {
    yield* question.ask;
    yield* question.after_no;
  }
  for (const wordings of Object.values(words.prompts)) yield* wordings;
  yield* words.encouragements;
}
