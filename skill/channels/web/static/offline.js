// @ts-check
/**
 * The conversation without a network, as `skill/conversation/talk.py` has it, with the exact rules alone.
 *
 * Two rules come before all others. Danger is read first, on every sentence and whatever was asked before. And a safety
 * question is answered by a clear no or it is answered by yes: silence, a command, a new subject all count as yes.
 */

import * as emergency from "./offline_emergency.js";
import * as script from "./offline_script.js";
import * as staying from "./offline_staying.js";
import { Draft } from "./offline_draft.js";
import { own, what } from "./offline_stands.js";
import { OfflineReader } from "./offline_reader.js";

/** @typedef {import("./offline_draft.js").Reply} Reply */
/** @typedef {import("./offline_reader.js").Reading} Reading */
/**
 * @typedef {Object} Turn
 * @property {string} kind `said`, a command, `silence`, `launch`, or `situation` for one that was chosen on the screen.
 * @property {string} [text] The sentence, where kind is `said`.
 * @property {string} [label] The situation, where kind is `situation`.
 */

/** What is answered to requests that need the server: the name of a prompt. */
const OUT_OF_REACH = new Map([
  ["look_back", "cannot_look"],
  ["know", "cannot_look"],
  ["forget_this", "not_erased"],
  ["forget_everything", "not_erased"],
  ["stop_keeping", "failed"],
  ["keep_again", "failed"],
  ["remind", "failed"],
  ["no_reminder", "failed"],
  ["every_morning", "failed"],
]);
/** Questions about what only the server can do: the prompts for a yes and for a no. */
const OF_THE_SERVER = new Map([
  ["erase", ["not_erased", "nothing_erased"]],
  ["offer", ["failed", "remind_not"]],
  ["time", ["failed", "remind_not"]],
  ["remind", ["failed", "remind_not"]],
]);
/** What a caregiver may want of a script while asked whether it still goes on. */
const OF_A_SCRIPT = new Set(["again", "slower", "shorter", "say", "not_working", "worse", "start_over", "came"]);

export class Offline {
  /**
   * Talk with these words, with the numbers of a country.
   * @param {any} words What `offline_words` gives.
   * @param {string} country `US`; where it is unknown, words stand in place of numbers.
   */
  constructor(words, country) {
    const code = String(country).toUpperCase();
    this.words = words;
    this.numbers = own(words.numbers, code) ? words.numbers[code] : words.numbers.ZZ;
    this.reader = new OfflineReader(words);
  }

  /**
   * Answer one turn; `stands` is what the last reply or the server gave, nothing where it is unknown.
   * @param {Turn} turn
   * @param {any} [stands]
   * @returns {Reply}
   */
  answer(turn, stands = null) {
    try {
      const answering = new Answering(this, turn, stands);
      answering.answer();
      return answering.draft.finish();
    } catch {
      return this.fault();
    }
  }

  /** The answer when this itself fails: the number, and a question to go on with. */
  fault() {
    const draft = new Draft(this.words, this.numbers, null);
    draft.prompt("fault", "action");
    draft.ask(what());
    return draft.finish();
  }

  /**
   * A prompt's sentences, for what a page has to say by itself.
   * @param {string} prompt
   */
  says(prompt) {
    const draft = new Draft(this.words, this.numbers, null);
    draft.prompt(prompt);
    return draft.finish().spoken;
  }

  /**
   * The situations that can be chosen on a screen, each in a few words.
   * @returns {{label: string, text: string}[]}
   */
  choices() {
    return Object.entries(this.words.choices).map(([label, text]) => ({ label, text }));
  }
}

/** One turn being answered. */
class Answering {
  /**
   * @param {Offline} offline
   * @param {Turn} turn
   * @param {any} stands
   */
  constructor(offline, turn, stands) {
    this.turn = turn;
    this.draft = new Draft(offline.words, offline.numbers, stands);
    this.asked = this.draft.asking;
    /** @type {Reading | null} */
    this.reading = turn.kind === "said" ? offline.reader.read(String(turn.text ?? "")) : null;
    this.kind = this.understood();
  }

  /** What came in: a command, or `said` for a sentence. */
  understood() {
    const { reading } = this;
    if (!reading) return this.turn.kind;
    if (this.asked.kind === "safety") return this.answerToSafety(reading);
    const command = reading.command(this.asked.kind === "number");
    const plain = this.draft.words.labels.yes_or_no.includes(this.asked.kind) ? reading.plainAnswer : "";
    return command || plain || "said";
  }

  /**
   * Only a no that leaves no doubt is one here, and what says "not yet" is none.
   * @param {Reading} reading
   */
  answerToSafety(reading) {
    if (reading.clearNo) return "no";
    if (!reading.exact && (reading.allClear === "over" || reading.command(false) === "came")) return "no";
    const command = reading.command(true);
    const again = (command === "again" || command === "slower") && !reading.saysNothing;
    return again || command === "stop" ? command : "said";
  }

  answer() {
    const { draft, kind } = this;
    const danger = this.reading?.danger;
    draft.slow ||= kind === "slower";
    draft.short ||= kind === "shorter";
    if (kind !== "silence") draft.silences = 0;
    if (danger) emergency.begin(draft, danger.emergency, danger.form);
    else if (kind === "stop") this.stop();
    else if (this.asked.kind === "safety") this.safetyAnswered();
    else if (this.asked.kind === "number") this.inEmergency();
    else if (kind === "launch") staying.launch(draft);
    else if (!this.questionAnswered()) this.otherwise();
  }

  /** A turn that no particular question was waiting for. */
  otherwise() {
    const { draft, reading } = this;
    if (this.eased()) return;
    if (this.kind === "said" && reading) this.heard(reading);
    else if (this.kind === "situation") this.situation(this.turn.label ?? "");
    else if (draft.fresh && draft.words.labels.opens.includes(this.kind)) staying.launch(draft);
    else this.command();
  }

  /** How it is now, told in the middle of a script in place of an answer; whether it was that. */
  eased() {
    const { draft, kind, reading } = this;
    const asked = this.asked.kind === "next" || this.asked.kind === "easing";
    if (!reading || !asked || !["said", "yes"].includes(kind)) return false;
    if (reading.length > draft.words.limits.few_words || reading.exact) return false;
    const { outcome } = reading;
    // A bare yes answers the question; "yes, better" tells how it is.
    const told = kind === "said" || reading.command(true) !== "yes" || reading.says.includes("better");
    if (outcome === "better" && told) staying.better(draft);
    else if (outcome === "worse" && kind === "said") script.worse(draft);
    else if (outcome === "same" && kind === "said") script.followUp(draft);
    else return false;
    return true;
  }

  command() {
    const { draft } = this;
    /** @type {Record<string, () => void>} */
    const commands = {
      next: () => this.next(),
      again: () => script.again(draft),
      slower: () => script.again(draft),
      shorter: () => script.shorter(draft),
      yes: () => this.yes(),
      no: () => this.no(),
      skip: () => this.no(),
      say: () => script.toSay(draft),
      not_working: () => this.notHelping(script.followUp),
      worse: () => this.notHelping(script.worse),
      came: () => staying.came(draft),
      over: () => this.over(),
      wait: () => staying.stay(draft, "wait"),
      breathe: () => staying.breathe(draft),
      help: () => staying.help(draft),
      person: () => staying.person(draft),
      start_over: () => (draft.script ? script.begin(draft, draft.script) : staying.launch(draft)),
      silence: () => this.silence(),
      morning: () => staying.encourage(draft),
    };
    if (own(commands, this.kind)) commands[this.kind]();
    else if (OUT_OF_REACH.has(this.kind)) staying.outOfReach(draft, String(OUT_OF_REACH.get(this.kind)));
    else script.gentlest(draft);
  }

  // A question that was asked

  /** Answer what a question of its own was waiting for; whether it was that. */
  questionAnswered() {
    const { draft, kind } = this;
    switch (this.asked.kind) {
      case "outcome":
        return this.outcomeTold();
      case "still":
        return this.still();
      case "number_later":
        return this.numberLater();
      case "else":
        if (["no", "skip", "over"].includes(kind)) this.stop();
        else if (kind === "yes" || kind === "next") draft.ask(what());
        else return false;
        return true;
      default:
        return this.ofTheServer();
    }
  }

  outcomeTold() {
    const { kind, reading } = this;
    let outcome = reading && !reading.exact ? reading.outcome : "";
    if (!outcome && ["skip", "no", "over", "yes", "next", "again"].includes(kind)) outcome = "skip";
    if (!outcome) return false;
    this.rated(outcome);
    return true;
  }

  /**
   * The caregiver says how a moment ended. Nothing is kept of it here.
   * @param {string} outcome
   */
  rated(outcome) {
    const { draft } = this;
    draft.speak(`outcomes/${outcome}`, draft.words.outcomes[outcome].say);
    if (outcome === "worse") emergency.askSafety(draft, "hurt_or_danger", draft.words.labels.any_danger, "");
    else if (this.asked.question) draft.close(false);
    else draft.ask(what());
  }

  /** Whether what was going on before still is. */
  still() {
    const { draft, kind, reading } = this;
    const outcome = reading?.outcome ?? "";
    if (kind === "yes" || kind === "next" || (reading && this.goesOn(reading))) this.goOn();
    else if (["no", "over", "skip"].includes(kind)) staying.better(draft);
    else if ((outcome === "better" || outcome === "same") && !reading?.exact) {
      draft.situation = "";
      draft.leaveScript();
      this.rated(outcome);
    } else {
      if (OF_A_SCRIPT.has(kind)) draft.asking = script.openIn(draft);
      return false;
    }
    return true;
  }

  /**
   * Whether a sentence as a whole says that a moment is not over yet.
   * @param {Reading} reading
   */
  goesOn(reading) {
    return reading.reader.lists.still_going.has(reading.says);
  }

  /** Go on with what was going on, from where it stood. */
  goOn() {
    const { draft } = this;
    draft.asking = script.openIn(draft);
    if (!draft.script) script.begin(draft, draft.situation || draft.words.labels.general);
    else if (draft.asking.kind === "next") script.step(draft);
    else script.followUp(draft);
  }

  numberLater() {
    const { draft, kind } = this;
    if (["yes", "next", "again", "help"].includes(kind)) {
      if (own(draft.words.emergencies, draft.situation)) emergency.call(draft, draft.situation, "");
      else {
        // Which emergency it was only the server knows; the number that is always right is known here.
        draft.prompt("help", "action");
        draft.ask(what());
      }
    } else if (["no", "skip", "over"].includes(kind)) {
      draft.prompt("all_right");
      draft.ask(what());
    } else return false;
    return true;
  }

  /** A question about what only the server can do: whatever else is said, it is put aside. */
  ofTheServer() {
    const { draft, kind, reading } = this;
    const prompts = OF_THE_SERVER.get(this.asked.kind);
    if (!prompts) return false;
    const plain = kind === "said" ? (reading?.plainAnswer ?? "") : kind;
    draft.asking = draft.inScript ? script.openIn(draft) : what("else");
    if (plain === "yes") staying.outOfReach(draft, prompts[0]);
    else if (plain === "no" || plain === "skip") staying.outOfReach(draft, prompts[1]);
    else return false;
    return true;
  }

  // A sentence

  /** @param {Reading} reading */
  heard(reading) {
    const { draft } = this;
    const choosing = this.asked.kind === "choose";
    if (reading.question) this.askSafety(reading.question);
    else if (choosing && reading.ordinal >= 0) script.begin(draft, this.asked.options[reading.ordinal]);
    else if (reading.aside) {
      draft.speak(`asides/${reading.aside}`, draft.words.asides[reading.aside].say);
      script.askOn(draft);
    } else if (choosing) {
      // Asked once, a caregiver is not asked again: the likelier one is spoken.
      script.begin(draft, this.asked.options[0]);
    } else script.gentlest(draft);
  }

  /**
   * Ask the safety question that a rule holds for; a no to it leads to its situation, or on from here.
   * @param {string} name
   */
  askSafety(name) {
    const { draft } = this;
    const question = draft.words.safety[name];
    const here = own(draft.words.scripts, draft.situation) ? draft.situation : draft.words.labels.general;
    emergency.askSafety(draft, name, question.if_yes, question.if_no || here);
  }

  /**
   * Answer a situation that was chosen.
   * @param {string} label
   */
  situation(label) {
    const { draft } = this;
    if (!own(draft.words.choices, label)) script.gentlest(draft);
    else if (label === "encouragement") staying.encourage(draft);
    else if (label === draft.words.labels.win && draft.inScript) staying.came(draft);
    else script.begin(draft, label);
  }

  // Danger

  safetyAnswered() {
    const { draft, asked, kind } = this;
    const [ifYes, ifNo] = asked.options;
    const calm = own(draft.words.scripts, ifNo) ? draft.words.scripts[ifNo] : null;
    if (["again", "slower", "launch"].includes(kind)) emergency.askSafety(draft, asked.question, ifYes, ifNo, true);
    else if (kind !== "no") emergency.begin(draft, ifYes, draft.words.safety[asked.question].form);
    else if (!ifNo) {
      draft.prompt("all_right");
      draft.ask(what(), { name: "what_now" });
    } else if (calm && draft.script === ifNo && draft.step) {
      // The question stood within the script, or at its end.
      if (draft.step < calm.steps.length) script.step(draft);
      else draft.ask(what("easing"));
    } else script.begin(draft, ifNo, asked.question);
  }

  /** After a number was said: it stays within reach until a clear all-clear, or a clearly other subject. */
  inEmergency() {
    const { draft, kind, reading } = this;
    const [label, form] = this.asked.options;
    const { quiet } = draft.words.emergencies[label];
    const cleared = reading?.allClear ?? "";
    if (kind === "said" && reading?.question) this.askSafety(reading.question);
    else if (kind === "say") emergency.say(draft, label, form, "say");
    else if (OUT_OF_REACH.has(kind)) {
      draft.prompt(String(OUT_OF_REACH.get(kind)));
      emergency.askNumber(draft, label, form);
    } else if (cleared === "over" && !quiet) this.allClear(label, form);
    else if (cleared === "called") emergency.say(draft, label, form, "then");
    else if (kind === "silence") emergency.silent(draft);
    else if (kind === "next" || (kind === "yes" && this.asked.question === "meanwhile")) {
      emergency.say(draft, label, form, "then");
    } else if (this.saysNo()) this.leaveEmergency(label, form);
    else if ((kind === "again" || kind === "slower") && draft.repeated().length) {
      draft.passages.push(...draft.repeated());
      emergency.askNumber(draft, label, form);
    } else if (kind === "situation" && draft.words.labels.other_subject.includes(this.turn.label)) {
      this.situation(String(this.turn.label));
    } else emergency.call(draft, label, form);
  }

  /** Whether it is a no that leaves no doubt. */
  saysNo() {
    return this.turn.kind === "no" || (this.kind === "no" && Boolean(this.reading?.clearNo));
  }

  /**
   * It is over: the number is still told.
   * @param {string} label
   * @param {string} form
   */
  allClear(label, form) {
    const { draft } = this;
    draft.prompt("all_clear", "line", { number: emergency.number(draft, label, form) });
    draft.situation = "";
    draft.leaveScript();
    draft.ask(what(), { name: "what_now" });
  }

  /**
   * A no to what could be done meanwhile is not yet the end.
   * @param {string} label
   * @param {string} form
   */
  leaveEmergency(label, form) {
    if (this.asked.question === "meanwhile") emergency.askNumber(this.draft, label, form);
    else emergency.leave(this.draft);
  }

  // Commands

  next() {
    const { draft } = this;
    if (draft.asking.kind === "next" && script.openIn(draft).kind === "next") script.step(draft);
    else if (draft.asking.kind === "next" || draft.asking.kind === "easing") script.followUp(draft);
    else if (draft.asking.kind === "choose") script.begin(draft, draft.asking.options[0]);
    else if (!draft.situation) draft.ask(what());
    else {
      // There is no further step: somebody to call, and how it is now.
      draft.prompt("person");
      draft.last = [...draft.passages];
      draft.ask(what(), { name: "what_now" });
    }
  }

  yes() {
    const { draft } = this;
    const { kind } = draft.asking;
    if (kind === "next" || kind === "choose") this.next();
    else if (kind === "easing") staying.better(draft);
    else draft.ask(what());
  }

  no() {
    const { draft } = this;
    if (draft.asking.kind === "next") {
      draft.prompt("take_your_time", "action");
      draft.ask(what("next"));
    } else if (draft.asking.kind === "easing") script.followUp(draft);
    else draft.ask(what());
  }

  /** @param {(draft: Draft) => void} answer */
  notHelping(answer) {
    const { draft } = this;
    const nothing = draft.asking.kind === "what" && !draft.script && !draft.situation;
    if (nothing) script.begin(draft, draft.words.labels.general);
    else answer(draft);
  }

  /** The moment is over. How it ended is asked where it can be kept. */
  over() {
    const { draft } = this;
    if (draft.situation) staying.better(draft);
    else draft.ask(what("else"));
  }

  // The end

  silence() {
    const { draft } = this;
    if (draft.silences) {
      draft.prompt("quiet");
      draft.close(true);
      draft.silences = 0;
    } else {
      script.askOn(draft, true);
      draft.silences = 1;
    }
  }

  stop() {
    const { draft } = this;
    if (this.asked.kind === "number") {
      emergency.leave(draft);
      return;
    }
    const unsafe = this.asked.kind === "safety";
    if (unsafe) draft.begin(this.asked.options[0]);
    draft.prompt(unsafe ? "stopped_unsafe" : "stopped");
    draft.close(!unsafe);
  }
}
