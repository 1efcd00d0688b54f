// The ears: the browser's own speech recognition, where it has one.

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;

export class Ears {
  #hearing = null;

  /** Whether this browser can listen. */
  get available() {
    return Recognition !== undefined;
  }

  /** Whether it listens now. */
  get listening() {
    return this.#hearing !== null;
  }

  /**
   * Listen for one sentence.
   * @param {string} lang
   * @param {{heard: (text: string) => void, so_far: (text: string) => void, silence: () => void, failed: (why: string) => void}} tell
   */
  listen(lang, tell) {
    this.stop();
    const hearing = new Recognition();
    this.#hearing = hearing;
    hearing.lang = lang;
    hearing.interimResults = true;
    let text = "";
    let whole = false;
    let why = "";
    hearing.onresult = (event) => {
      const results = [...event.results];
      text = results.map((result) => result[0].transcript).join(" ").trim();
      whole = results.every((result) => result.isFinal);
      if (this.#hearing === hearing) tell.so_far(text);
    };
    hearing.onerror = (event) => { why = event.error; };
    hearing.onend = () => {
      // Whoever was stopped has nothing more to tell.
      if (this.#hearing !== hearing) return;
      this.#hearing = null;
      // What was heard and cut off is still what was said.
      if (text && (whole || why !== "aborted")) tell.heard(text);
      else if (why && why !== "no-speech" && why !== "aborted") tell.failed(why);
      else tell.silence();
    };
    try {
      hearing.start();
    } catch {
      this.#hearing = null;
      tell.failed("not-allowed");
    }
  }

  /** Stop listening; nothing more is told. */
  stop() {
    const hearing = this.#hearing;
    this.#hearing = null;
    hearing?.abort();
  }
}
