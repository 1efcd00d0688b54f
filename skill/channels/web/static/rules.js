// @ts-check
/**
 * The exact rules: word groups that, found together in a sentence, mean danger.
 *
 * They hold as `skill/reader/rules.py` has it: every group of `all` has a phrase in the sentence and none of `unless`
 * is there. A phrase that ends in `*` also matches longer last words; `$name` stands for a group that many rules share.
 * Here one index leads from each phrase to the groups that it stands in, so that a sentence is looked through once for
 * all rules.
 */

/**
 * @typedef {Object} Rule
 * @property {number[]} all Places of its groups of phrases; each must have one in the sentence.
 * @property {number} [unless] The place of the phrases of which none may be there.
 * @property {boolean} [alone] Whether the phrase must be the whole sentence.
 * @property {string} [form] The form of the emergency that it points to.
 */

export class Rules {
  /**
   * @param {string[]} table Groups of phrases, each written as products: `hit/kick him/her|ran off`.
   * @param {Record<string, number>} shared Places of the groups that `$name` stands for.
   * @param {number} longest Words of a phrase at most.
   */
  constructor(table, shared, longest) {
    this.longest = longest;
    /** @type {Map<string, number[]>} The groups that a phrase stands in. */
    this.index = new Map();
    /** @type {[string, number][]} Beginnings of words, ` stab`, each with its group. */
    this.starts = [];
    /** @type {Map<number, number[]>} The groups that a shared group stands in. */
    this.within = new Map();
    table.forEach((products, group) => {
      for (const phrase of phrases(products)) this.add(phrase, group, shared);
    });
  }

  /**
   * @param {string} phrase
   * @param {number} group
   * @param {Record<string, number>} shared
   */
  add(phrase, group, shared) {
    if (phrase.startsWith("$")) append(this.within, shared[phrase.slice(1)], group);
    else if (phrase.endsWith("*")) this.starts.push([` ${phrase.slice(0, -1)}`, group]);
    else append(this.index, phrase, group);
  }

  /**
   * A normalised sentence, looked through for all groups.
   * @param {string} words
   */
  sentence(words) {
    return new Sentence(this, words);
  }
}

export class Sentence {
  /**
   * @param {Rules} rules
   * @param {string} words
   */
  constructor(rules, words) {
    this.text = words;
    this.words = words ? words.split(" ") : [];
    /** @type {Set<number>} The groups of which a phrase is in the sentence. */
    this.groups = new Set();
    /** @type {Set<number>} The groups of which a phrase is the sentence. */
    this.whole = new Set(rules.index.get(words));
    for (const run of runs(this.words, rules.longest)) {
      for (const group of rules.index.get(run) ?? []) this.note(group, rules);
    }
    const text = ` ${words} `;
    for (const [start, group] of rules.starts) {
      if (text.includes(start)) this.note(group, rules);
    }
  }

  /**
   * Note a group that was found, and those that it stands in.
   * @param {number} group
   * @param {Rules} rules
   */
  note(group, rules) {
    if (this.groups.has(group)) return;
    this.groups.add(group);
    for (const outer of rules.within.get(group) ?? []) this.note(outer, rules);
  }

  /**
   * Whether a rule holds for the sentence.
   * @param {Rule} rule
   */
  holds(rule) {
    if (rule.alone) return rule.all.every((group) => this.whole.has(group));
    const excused = rule.unless !== undefined && this.groups.has(rule.unless);
    return !excused && rule.all.every((group) => this.groups.has(group));
  }
}

/**
 * All runs of up to `longest` words.
 * @param {string[]} words
 * @param {number} longest
 * @returns {Set<string>}
 */
export function runs(words, longest) {
  const found = new Set();
  for (let first = 0; first < words.length; first += 1) {
    let run = "";
    for (const word of words.slice(first, first + longest)) {
      run = run ? `${run} ${word}` : word;
      found.add(run);
    }
  }
  return found;
}

/**
 * The phrases that products stand for: `hit/kick him/her` for four.
 * @param {string} products
 * @returns {string[]}
 */
function phrases(products) {
  if (!products) return [];
  return products.split("|").flatMap((product) => {
    const places = product.split(" ").map((words) => words.split("/"));
    return places.reduce((some, words) => some.flatMap((phrase) => words.map((word) => `${phrase} ${word}`)), [""])
      .map((phrase) => phrase.slice(1));
  });
}

/**
 * @template Key
 * @param {Map<Key, number[]>} lists
 * @param {Key} key
 * @param {number} value
 */
function append(lists, key, value) {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
