// The voice: speaks sentences one after the other through the browser's own speech, with real silences between.

const CHARACTERS_A_SECOND = 14.5;
const NUMBER = /\d[\d -]*\d/g;

/** @typedef {{text: string, pause: number, kind: string}} Sentence */

export class Voice {
  /** Whether sentences are spoken aloud; else they only stand on the screen. */
  on = true;
  #turn = 0;
  #wake = () => {};

  /** Whether there is a voice at all. */
  get available() {
    return "speechSynthesis" in window;
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
    if (!this.on || !this.available) return true;
    for (const [index, { text, pause }] of sentences.entries()) {
      onSentence(index);
      await this.#utter(text, how);
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
      // Some browsers have no voice and never say so: then the sentence stands for as long as it would take.
      const longest = (2 * text.length) / CHARACTERS_A_SECOND / rate + 3;
      const late = setTimeout(resolve, longest * 1000);
      const done = () => { clearTimeout(late); resolve(); };
      spoken.onend = done;
      spoken.onerror = done;
      this.#wake = done;
      speechSynthesis.speak(spoken);
    });
  }

  /** @param {number} seconds @returns {Promise<void>} */
  #silence(seconds) {
    return new Promise((resolve) => {
      const end = setTimeout(resolve, seconds * 1000);
      this.#wake = () => { clearTimeout(end); resolve(); };
    });
  }
}

/** @param {string} number */
function digits(number) {
  return number.split(/[ -]+/).map((group) => [...group].join(" ")).join(", ");
}
