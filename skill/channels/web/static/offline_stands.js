// @ts-check
/**
 * Where a conversation stands, as the last reply or the server gave it; whatever is unknown here is left out.
 */

/** @typedef {import("./offline_draft.js").Kind} Kind */
/**
 * @typedef {Object} Asking
 * @property {string} kind
 * @property {string[]} options
 * @property {string} question
 */
/**
 * @typedef {Object} Standing
 * @property {boolean} fresh Whether the conversation begins here.
 * @property {string} script The script being spoken; empty for none.
 * @property {number} step How many of its steps were spoken.
 * @property {string} topic
 * @property {Asking} asking The question that is open.
 * @property {boolean} slow
 * @property {boolean} short
 * @property {number} silences Questions in a row that went unanswered.
 * @property {string} situation What the moment has come to; empty where none is going on.
 * @property {{text: string, kind: Kind}[]} last What `again` repeats.
 * @property {Record<string, number>} spoken Which wording of a unit was heard last.
 */

/** The questions that may be open. */
const KINDS = new Set(
  "what next easing choose safety number still outcome number_later erase offer time remind else".split(" "),
);

/**
 * @param {any} words What `offline_words` gives.
 * @param {any} stands
 * @returns {Standing}
 */
export function standing(words, stands) {
  const { place: given, last, silences, situation } = record(stands);
  const place = record(given);
  const script = own(words.scripts, place.script) ? place.script : "";
  const steps = script ? words.scripts[script].steps.length : 0;
  return {
    fresh: !given,
    script,
    step: Number.isInteger(place.step) ? Math.max(0, Math.min(place.step, steps)) : 0,
    topic: text(place.topic),
    asking: known(words, record(place.asking)),
    slow: record(stands).slow === true,
    short: record(stands).short === true,
    silences: Number.isInteger(silences) ? silences : 0,
    situation: own(words.choices, situation) ? situation : "",
    last: (Array.isArray(last) ? last : [])
      .map(record)
      .filter((one) => text(one.text) && own(words.speech.pauses, one.kind))
      .map((one) => ({ text: one.text, kind: one.kind })),
    spoken: Object.fromEntries(
      Object.entries(record(record(stands).spoken)).filter(([, place]) => Number.isInteger(place) && place >= 0),
    ),
  };
}

/**
 * A question that stands by itself.
 * @param {string} [kind]
 * @param {string[]} [options]
 * @param {string} [question]
 * @returns {Asking}
 */
export function what(kind = "what", options = [], question = "") {
  return { kind, options, question };
}

/**
 * A question as it can be answered here. One of danger stays one, whatever is unknown of it.
 * @param {any} words
 * @param {Record<string, any>} asking
 * @returns {Asking}
 */
function known(words, asking) {
  const options = Array.isArray(asking.options) ? asking.options.map(text) : [];
  const question = text(asking.question);
  switch (KINDS.has(asking.kind) ? asking.kind : "what") {
    case "safety": {
      const name = own(words.safety, question) ? question : words.labels.anyone;
      return { kind: "safety", options: [emergency(words, options[0]), options[1] ?? ""], question: name };
    }
    case "number":
      return {
        kind: "number",
        options: [emergency(words, options[0]), options[1] ?? ""],
        question: question === "meanwhile" ? question : "number",
      };
    case "choose": {
      const [first, second] = options;
      if (own(words.choices, first) && own(words.choices, second)) return { kind: "choose", options, question };
      return what();
    }
    case "outcome":
      return { kind: "outcome", options: [], question: question === "outcome_now" ? question : "" };
    default:
      return what(KINDS.has(asking.kind) ? asking.kind : "what", options, question);
  }
}

/**
 * @param {any} words
 * @param {string} label
 * @returns {string}
 */
function emergency(words, label) {
  return own(words.emergencies, label) ? label : words.labels.any_danger;
}

/**
 * Whether data has a field of its own by this name.
 * @param {object} data
 * @param {unknown} name
 */
export function own(data, name) {
  return typeof name === "string" && Object.hasOwn(data, name);
}

/**
 * @param {unknown} value
 * @returns {Record<string, any>}
 */
function record(value) {
  return typeof value === "object" && value !== null ? /** @type {Record<string, any>} */ (value) : {};
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function text(value) {
  return typeof value === "string" ? value : "";
}
