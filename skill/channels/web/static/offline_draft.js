// @ts-check
/**
 * A reply in the making, as `skill/conversation/draft.py` makes it, and the stands that the next turn goes on from.
 */

import { standing } from "./offline_stands.js";
import { everyWording, sentences, shortened, written } from "./offline_wordings.js";

/** @typedef {"action" | "line" | "child" | "question" | "call"} Kind */
/** @typedef {import("./offline_wordings.js").Heard} Heard */
/** @typedef {import("./offline_stands.js").Asking} Asking */
/**
 * @typedef {Object} Passage
 * @property {Heard} heard Its sentences, with the numbers filled in.
 * @property {Kind} kind
 */
/**
 * @typedef {Object} Reply
 * @property {{text: string, pause: number, kind: Kind}[]} spoken The sentences, each with the seconds of pause after.
 * @property {string} child The sentence to the child; empty for none.
 * @property {boolean} listening Whether a question is open.
 * @property {"none" | "ask" | "sure"} danger What was understood of danger.
 * @property {number} rate How fast to speak, as a share of the voice's own rate.
 * @property {Record<string, unknown>} stands Where the conversation stands now.
 * @property {{situation: string}[]} happened What the moment has come to in this turn.
 */

const BLANK = /\{(\w+)\}/g;

export class Draft {
  /**
   * Begin a reply from where the conversation stands.
   * @param {any} words What `offline_words` gives.
   * @param {Record<string, string>} numbers The country's numbers.
   * @param {any} stands As the last reply or the server gave it; whatever in it is unknown here is left out.
   */
  constructor(words, numbers, stands) {
    const now = standing(words, stands);
    this.words = words;
    this.numbers = numbers;
    this.fresh = now.fresh;
    this.script = now.script;
    this.step = now.step;
    this.topic = now.topic;
    this.asking = now.asking;
    this.slow = now.slow;
    this.short = now.short;
    this.silences = now.silences;
    this.situation = now.situation;
    this.lastBefore = now.last;
    this.heardLast = now.spoken;
    /** @type {Passage[] | null} What `again` repeats from now on; null for what it did before. */
    this.last = null;
    /** @type {Passage[]} */
    this.passages = [];
    /** @type {Reply["danger"]} */
    this.danger = "none";
    this.listening = false;
    /** @type {{situation: string}[]} */
    this.happened = [];
    this.gone = false;
  }

  // The words

  /**
   * The place of a unit's next wording: none is heard twice running.
   * @param {string} unit
   * @param {Heard[]} wordings
   */
  next(unit, wordings) {
    const known = this.heardLast[unit];
    if (known !== undefined) return (known + 1) % wordings.length;
    const texts = wordings.map((one) => written(this.filled(one)));
    const heard = texts.findIndex((one) => this.lastBefore.some((passage) => passage.text === one));
    return (heard + 1) % wordings.length;
  }

  /**
   * A wording with its blanks filled in.
   * @param {Heard} heard
   * @param {Record<string, string>} [blanks]
   * @returns {Heard}
   */
  filled(heard, blanks = {}) {
    const known = { ...this.numbers, ...blanks };
    /** @type {(whole: string, name: string) => string} */
    const fill = (whole, name) => known[name] ?? whole;
    return heard.map((part) => (typeof part === "string" ? part.replace(BLANK, fill) : part));
  }

  /**
   * Add a passage, where there are wordings for it.
   * @param {string} unit
   * @param {Heard[]} wordings
   * @param {Kind} [kind]
   * @param {Record<string, string>} [blanks]
   */
  speak(unit, wordings, kind = "line", blanks = {}) {
    if (!wordings.length) return;
    const place = this.next(unit, wordings);
    if (wordings.length > 1) {
      delete this.heardLast[unit];
      this.heardLast[unit] = place;
    }
    this.passages.push({ heard: this.filled(wordings[place], blanks), kind });
  }

  /**
   * The passage of a unit as it was heard last; none where there are no wordings.
   * @param {string} unit
   * @param {Heard[]} wordings
   * @param {Kind} kind
   * @returns {Passage[]}
   */
  heard(unit, wordings, kind) {
    if (!wordings.length) return [];
    const place = (this.heardLast[unit] ?? 0) % wordings.length;
    return [{ heard: this.filled(wordings[place]), kind }];
  }

  /**
   * Add a passage from the prompts.
   * @param {string} name
   * @param {Kind} [kind]
   * @param {Record<string, string>} [blanks]
   */
  prompt(name, kind = "line", blanks = {}) {
    this.speak(`prompts/${name}`, this.words.prompts[name], kind, blanks);
  }

  /**
   * End the turn with a question from the prompts, named as its kind unless `name` says otherwise.
   * @param {Asking} asking
   * @param {{name?: string, again?: boolean, blanks?: Record<string, string>}} [how] `again`: it went unanswered.
   */
  ask(asking, { name = asking.kind, again = false, blanks = {} } = {}) {
    this.prompt(again ? `${name}_again` : name, "question", blanks);
    this.wait(asking);
  }

  /**
   * Leave the answer to the last passage open.
   * @param {Asking} asking
   */
  wait(asking) {
    this.asking = asking;
    this.listening = true;
  }

  // What was said last

  /**
   * What was said last, ready to be spoken once more.
   * @returns {Passage[]}
   */
  repeated() {
    return this.lastBefore.map(({ text: said, kind }) => ({ heard: this.parted(said), kind }));
  }

  /**
   * A text that was spoken, as it is heard: parted as its wording is.
   * @param {string} said
   * @returns {Heard}
   */
  parted(said) {
    for (const wording of everyWording(this.words)) {
      const heard = this.filled(wording);
      if (written(heard) === said) return heard;
      const few = shortened(heard);
      if (written(few) === said) return few;
    }
    return [said];
  }

  // The moment

  /**
   * Note what the moment has come to.
   * @param {string} situation
   */
  begin(situation) {
    if (!this.words.labels.kept.includes(situation) || situation === this.situation) return;
    this.situation = situation;
    this.happened.push({ situation });
  }

  /** Whether a moment is going on, and stands in a script. */
  get inScript() {
    return this.situation !== "" && this.script !== "";
  }

  /** Stand in no script any more. */
  leaveScript() {
    this.script = "";
    this.step = 0;
    this.topic = "";
  }

  /**
   * End the conversation with this turn.
   * @param {boolean} goesOn Whether what was going on can be gone on with later.
   */
  close(goesOn) {
    this.listening = false;
    this.gone = !goesOn;
  }

  // The result

  /** @returns {Reply} */
  finish() {
    const { speech } = this.words;
    const child = this.passages.find((passage) => passage.kind === "child");
    return {
      spoken: this.timed(),
      child: child ? sentences(child.heard).join(" ") : "",
      listening: this.listening,
      danger: this.danger,
      rate: this.slow ? speech.slow_rate : speech.rate,
      stands: this.stands(),
      happened: this.happened,
    };
  }

  /** The sentences with their pauses; the last has none. */
  timed() {
    const { speech, prompts } = this.words;
    const longer = this.slow ? speech.slow_pauses : 1;
    /** @type {Reply["spoken"]} */
    const spoken = [];
    for (const { heard, kind } of this.passages) {
      const pause = speech.sentence_pause;
      if (kind === "child") spoken.push({ text: String(prompts.say[0][0]), pause, kind: "line" });
      for (const part of heard) {
        if (typeof part === "string") spoken.push({ text: part, pause, kind });
        else spoken[spoken.length - 1].pause = part;
      }
      const end = spoken[spoken.length - 1];
      end.pause = Math.max(end.pause, speech.pauses[kind]);
    }
    for (const one of spoken) one.pause = Math.round(Math.min(one.pause * longer, speech.longest_pause) * 1000) / 1000;
    if (spoken.length) spoken[spoken.length - 1].pause = 0;
    return spoken;
  }

  /** Where the conversation stands, in the fields of the server's State. */
  stands() {
    const spoken = Object.fromEntries(Object.entries(this.heardLast).slice(-this.words.limits.spoken_kept));
    // What is over is not gone on from; which wordings were heard is still true.
    if (this.gone) return { spoken };
    return {
      place: { script: this.script, step: this.step, topic: this.topic, asking: this.asking },
      slow: this.slow,
      short: this.short,
      last: this.last?.map(({ heard, kind }) => ({ text: written(heard), kind })) ?? this.lastBefore,
      situation: this.situation,
      silences: this.silences,
      spoken,
    };
  }
}
