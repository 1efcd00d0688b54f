// Stands in for the browser's own speech, at its own interface: what is spoken is noted with its time, and what is
// heard comes from the test.
(() => {
  const said = [];
  let speaking = null;
  window.heard = { said, listening: null, started: 0, cancelled: 0 };
  const synthesis = {
    speak(utterance) {
      said.push({ text: utterance.text, rate: utterance.rate, lang: utterance.lang, from: performance.now(), until: null });
      const mine = said.at(-1);
      utterance.onstart?.(new Event("start"));
      speaking = { utterance, end: setTimeout(() => { mine.until = performance.now(); utterance.onend?.(new Event("end")); }, 30) };
    },
    cancel() {
      window.heard.cancelled += 1;
      if (speaking) clearTimeout(speaking.end);
      speaking = null;
    },
    getVoices: () => [],
  };
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });

  class Recognition {
    start() { window.heard.listening = this; window.heard.started += 1; }
    abort() { if (window.heard.listening === this) window.heard.listening = null; this.onend?.(new Event("end")); }
  }
  window.SpeechRecognition = Recognition;

  const result = (text) => {
    const one = [{ transcript: text }];
    one.isFinal = true;
    return one;
  };
  const end = (hearing) => { window.heard.listening = null; hearing.onend(new Event("end")); };
  window.hear = (text) => {
    const hearing = window.heard.listening;
    hearing.onresult({ results: [result(text)] });
    end(hearing);
  };
  window.hearNothing = () => {
    const hearing = window.heard.listening;
    hearing.onerror({ error: "no-speech" });
    end(hearing);
  };
  window.cannotHear = (error) => {
    const hearing = window.heard.listening;
    hearing.onerror({ error });
    end(hearing);
  };
})();
