// @ts-check
/**
 * What a sentence is by exact rules and lists alone: `skill/reader/reader.py` without its trained model.
 */

import { normaliser } from "./normal.js";
import { Rules, runs } from "./rules.js";

/** @typedef {import("./rules.js").Rule} Rule */

/** A sentence that was read; each question about it is answered when it is asked. */
export class Reading {
  /**
   * @param {OfflineReader} reader
   * @param {string} text
   */
  constructor(reader, text) {
    const { words } = reader;
    this.reader = reader;
    /** Words as they were written, which is what the limits of an answer count. */
    this.length = text.split(/\s+/).filter(Boolean).length;
    this.says = reader.normalise(text);
    this.spoken = reader.rules.sentence(this.says);
    /** @type {{emergency: string, form: string} | null} The emergency that a danger rule holds for. */
    this.danger = null;
    for (const { emergency, rules } of words.danger) {
      const rule = rules.find((/** @type {Rule} */ one) => this.spoken.holds(one));
      if (rule) {
        this.danger = { emergency, form: rule.form ?? "" };
        break;
      }
    }
    /** The safety question that a rule asks; empty for none. */
    this.question = this.danger ? "" : this.named(words.safety);
  }

  /** Whether an exact rule finds danger in it, or what may be danger. */
  get exact() {
    return this.danger !== null || this.question !== "";
  }

  /** Whether nothing is in it: no words at all, or those that tell nothing. */
  get saysNothing() {
    return this.reader.nothing.has(this.says);
  }

  /** How a moment ended: better, same, worse or skip; empty where it does not tell. */
  get outcome() {
    const { limits, outcomes } = this.reader.words;
    return this.spoken.words.length > limits.request_words ? "" : this.named(outcomes);
  }

  /** What was said to the speaker itself; empty for nothing. */
  get aside() {
    return this.named(this.reader.words.asides);
  }

  /** `over` where an emergency is, `called` where help was; empty for anything else. */
  get allClear() {
    if (this.danger) return "";
    const all = Object.entries(this.reader.words.all_clear);
    return all.find(([, rules]) => rules.some((/** @type {Rule} */ rule) => this.spoken.holds(rule)))?.[0] ?? "";
  }

  /** 0 for "the first one", 1 for "the second", -1 for anything else. */
  get ordinal() {
    const { first, second } = this.reader.lists;
    return first.has(this.says) ? 0 : second.has(this.says) ? 1 : -1;
  }

  /**
   * The name of the first unit of which a rule holds.
   * @param {Record<string, {rules: Rule[]}>} units
   */
  named(units) {
    return Object.keys(units).find((name) => units[name].rules.some((rule) => this.spoken.holds(rule))) ?? "";
  }

  /**
   * The command that it is; empty where it is something else.
   * @param {boolean} whole Only where it is listed word for word.
   * @returns {string}
   */
  command(whole) {
    const listed = this.reader.commands.get(this.says);
    if (listed || whole) return listed ?? "";
    if (this.exact || this.spoken.words.length > this.reader.words.limits.command_words) return "";
    const found = this.reader.words.requests.find(
      (/** @type {{rules: Rule[]}} */ one) => one.rules.some((rule) => this.spoken.holds(rule)),
    );
    return found?.command ?? "";
  }

  /**
   * Whether it answers a safety question with a no that leaves no doubt.
   *
   * What comes after the no may reassure; whatever else it is cannot be judged here, and leaves doubt.
   */
  get clearNo() {
    const { clear_no: clear, no_and: noes, unsure } = this.reader.lists;
    if (clear.has(this.says)) return true;
    const [first, ...others] = this.spoken.words;
    if (!noes.has(first) || this.exact) return false;
    if ([...runs(others, this.reader.words.limits.longest_phrase)].some((run) => unsure.has(run))) return false;
    let rest = ` ${others.join(" ")} `;
    for (const phrase of this.reader.reassures) rest = rest.replaceAll(` ${phrase} `, " ");
    return !rest.trim();
  }

  /** A yes or a no with small words around it; empty where it may tell more. */
  get plainAnswer() {
    const { no_and: noes, small_words: small } = this.reader.lists;
    const [first, ...rest] = this.spoken.words;
    const few = rest.length <= this.reader.words.limits.answer_words && rest.every((word) => small.has(word));
    if (!few) return "";
    return this.reader.yeses.has(first) ? "yes" : noes.has(first) ? "no" : "";
  }
}

export class OfflineReader {
  /** @param {any} words What `offline_words` gives. */
  constructor(words) {
    this.words = words;
    this.normalise = normaliser(words.normal);
    this.rules = new Rules(words.phrases, words.groups, words.limits.longest_phrase);
    /** @type {Map<string, string>} */
    this.commands = new Map();
    for (const [kind, some] of Object.entries(words.commands)) {
      for (const phrase of some) this.commands.set(phrase, kind);
    }
    /** @type {Record<string, Set<string>>} */
    this.lists = {};
    for (const [name, some] of Object.entries(words.lists)) this.lists[name] = new Set(some);
    this.nothing = new Set([...words.lists.nothing_said, ...words.lists.first, ...words.lists.second]);
    // The longest first, so that no part of one is taken for the whole.
    /** @type {string[]} */
    this.reassures = [...words.lists.reassures].sort((one, other) => other.length - one.length);
    this.yeses = new Set(words.commands.yes.filter((/** @type {string} */ phrase) => !phrase.includes(" ")));
  }

  /**
   * Read one sentence. Any text is accepted.
   * @param {string} text
   */
  read(text) {
    return new Reading(this, text);
  }
}
