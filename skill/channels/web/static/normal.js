// @ts-check
/**
 * One sentence as it was heard or typed, brought to the one form that the rules and lists are written in.
 *
 * The same as `skill/reader/normal.py`, to the letter; its tables come from there with the words.
 */

/**
 * @typedef {Object} NormalTables
 * @property {number} max_words Longest sentence that is read whole, in words.
 * @property {number} max_letters Longest word that is read whole, in letters.
 * @property {number} max_text Longest text that is read whole, in characters.
 * @property {string[]} mute Categories of signs that are not heard.
 * @property {string} apostrophes The signs that stand for an apostrophe.
 * @property {Record<string, string>} digits How numbers are said.
 * @property {string} further_digits Signs that are digits though no regex knows it.
 * @property {string[]} fillers Words that tell nothing.
 * @property {string} address What is spoken before the sentence itself, as a regex.
 * @property {Record<string, string>} whole Words that are spelled out as a whole.
 * @property {[string, string][]} endings Endings that are spelled out after any word.
 * @property {string[]} is The words after which 's stands for "is".
 */

const WORD = /[a-z0-9]+(?:'[a-z]+)*'?|[\p{L}\p{Nl}\p{No}]+/gu;
const BEYOND_ASCII = /[^\x00-\x7f]/;

/**
 * Make the function that brings a sentence to its form: the words in lower case, one space apart.
 *
 * Any text is accepted and none throws; what holds no word gives the empty string.
 * @param {NormalTables} tables
 * @returns {(sentence: string) => string}
 */
export function normaliser(tables) {
  const mute = new RegExp(tables.mute.map((category) => `\\p{${category}}`).join("|"), "gu");
  const apostrophes = new RegExp(`[${tables.apostrophes}]`, "gu");
  const digits = new Map(Object.entries(tables.digits));
  const isNumber = new RegExp(`^[0-9${tables.further_digits}]+$`, "u");
  const fillers = new Set(tables.fillers);
  const address = new RegExp(tables.address);
  const whole = new Map(Object.entries(tables.whole));
  const is = new Set(tables.is);

  /** @param {string} word */
  function spelled(word) {
    word = word.replace(/'+$/, "");
    const said = whole.get(word);
    if (said !== undefined) return said;
    if (isNumber.test(word)) return digits.get(word) ?? "number";
    if (!word.includes("'")) return word;
    for (const [ending, spoken] of tables.endings) {
      if (word.endsWith(ending)) return word.slice(0, -ending.length).replaceAll("'", "") + spoken;
    }
    if (word.endsWith("'s")) {
      const stem = word.slice(0, -2);
      if (stem === "let") return "let us";
      return is.has(stem) ? `${stem} is` : stem;
    }
    return word.replaceAll("'", "");
  }

  return function normalise(sentence) {
    let text = bothEnds(sentence, tables.max_text).replace(apostrophes, "'").toLowerCase();
    if (BEYOND_ASCII.test(text)) {
      text = text.normalize("NFKD").replace(mute, "").replace(apostrophes, "'").toLowerCase();
    }
    let words = (text.match(WORD) ?? [])
      .map((word) => spelled(start(word, tables.max_letters)))
      .filter((word) => word && !fillers.has(word));
    if (words.length > tables.max_words) {
      const half = tables.max_words / 2;
      words = [...words.slice(0, half), ...words.slice(-half)];
    }
    return `${words.join(" ")} `.replace(address, "").trim();
  };
}

/**
 * A text of at most `most` characters; of a longer one, the first and the last half.
 * @param {string} text
 * @param {number} most
 */
function bothEnds(text, most) {
  if (text.length <= most) return text;
  // A character beyond the first plane counts once, as it does in Python.
  const signs = Array.from(text);
  if (signs.length <= most) return text;
  return `${signs.slice(0, most / 2).join("")} ${signs.slice(-most / 2).join("")}`;
}

/**
 * @param {string} word
 * @param {number} most
 */
function start(word, most) {
  return word.length <= most ? word : Array.from(word).slice(0, most).join("");
}
