// The voice: speaks sentences one after the other through the browser's own speech, with real silences between.

const CHARACTERS_A_SECOND = 14.5;
const STARTS_WITHIN = 3; // seconds in which a voice begins, if there is one
const NUMBER = /\d[\d -]*\d/g;

/** @typedef {{text: string, pause: number, kind: string}} Sentence */

export class Voice {
  /** Whether sentences are spoken aloud; else they stand on the screen for as long as they would take. */
  on = true;
  #turn = 0;
  #wake = () => {};
  #mute = !("speechSynthesis" in window);
  #onMute;

  /** @param {() => void} [onMute] told once it turns out that there is no voice */
  constructor(onMute = () => {}) {
    this.#onMute = onMute;
  }

  /** Whether this browser can speak, as far as is known. */
  get available() {
    return !this.#mute;
  }

  /** Whether what is said can be heard. */
  get heard() {
    return this.on && this.available;
  }

  /**
   * Speak, and be silent after each sentence as long as it says. Gives whether it came to its end.
   * @param {Sentence[]} sentences
   * @param {{rate: number, lang: string}} how
   * @param {(index: number) => void} onSentence told before each
   * @returns {Promise<boolean>}
   */
  async speak(sentences, how, onSentence) {
    this.stop();
    const turn = this.#turn;
    for (const [index, { text, pause }] of sentences.entries()) {
      onSentence(index);
      await (this.heard ? this.#utter(text, how) : this.#silence(seconds(text, how.rate)));
      if (turn === this.#turn && pause) await this.#silence(pause);
      if (turn !== this.#turn) return false;
    }
    return true;
  }

  /** Be silent at once, in the middle of a word. */
  stop() {
    this.#turn += 1;
    if (this.available) speechSynthesis.cancel();
    this.#wake();
  }

  /** @param {string} text @param {{rate: number, lang: string}} how @returns {Promise<void>} */
  #utter(text, { rate, lang }) {
    return new Promise((resolve) => {
      // Digits are said one by one: a number to dial is no quantity.
      const spoken = new SpeechSynthesisUtterance(text.replace(NUMBER, digits));
      spoken.lang = lang;
      spoken.rate = rate;
      // Some browsers have no voice, and never say so.
      const none = setTimeout(() => { this.#mute = true; this.#onMute(); done(); }, STARTS_WITHIN * 1000);
      const late = setTimeout(() => done(), (2 * seconds(text, rate) + STARTS_WITHIN) * 1000);
      const done = () => { clearTimeout(none); clearTimeout(late); resolve(); };
      spoken.onstart = () => clearTimeout(none);
      spoken.onend = done;
      spoken.onerror = done;
      this.#wake = done;
      speechSynthesis.speak(spoken);
    });
  }

  /** @param {number} time in seconds @returns {Promise<void>} */
  #silence(time) {
    return new Promise((resolve) => {
      const end = setTimeout(resolve, time * 1000);
      this.#wake = () => { clearTimeout(end); resolve(); };
    });
  }
}

/** About how long a text takes. @param {string} text @param {number} rate */
function seconds(text, rate) {
  return text.length / CHARACTERS_A_SECOND / rate;
}

/** @param {string} number */
function digits(number) {
  return number.split(/[ -]+/).map((group) => [...group].join(" ")).join(", ");
}
