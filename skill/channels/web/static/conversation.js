// The conversation: each turn goes to the server; where it cannot be reached in time, the page goes on by itself with
// the same words, and tells the server later what it came to: labels and a place, never what was said.

import { browser } from "./memory.js";

const PATIENCE = 1500; // milliseconds that an answer of the server is waited for
const A_LOOK = 500; // … that a server which could not be reached is given to show itself again
const A_WHILE = 5000; // … for which one that did not answer is not waited for again
const GOES_ON = 20 * 60 * 1000; // milliseconds for which a conversation goes on where it stood
const LONGEST = 7 * 24 * 3600 * 1000; // … for which what happened is still told
const LONGEST_TEXT = 16000; // characters of a sentence that the server takes

/**
 * @typedef {{kind: string, text?: string, label?: string}} Turn
 * @typedef {{spoken: import("./voice.js").Sentence[], child: string, listening: boolean, danger: string, rate: number}} Answer
 */

export class Conversation {
  /** What the server gave to be brought along; empty between sessions. */
  #session = {};
  /** Where the conversation stands, as far as the page could go on from it. */
  #stands = null;
  /** Whether a question is open. */
  #open = false;
  /** Since when the page is by itself, and what it came to; none while the server answers. */
  #away = null;
  #words = null;
  #Offline = null;
  #offline = null;
  /** The same for all turns of a visit: one that is sent again, for it came too late, is of the same visit. */
  #visit = name();
  /** When a server that did not answer may be asked again. */
  #again = 0;
  #edition;
  #stored;
  #country;
  #onAway;

  /** Whether the server no longer knows this browser. */
  out = false;

  /**
   * @param {{edition: string, person: string}} page what it was made of, and whose it is
   * @param {() => string} country
   * @param {(away: boolean) => void} onAway
   */
  constructor({ edition, person }, country, onAway) {
    this.#edition = edition;
    // What one person came to is not told as another's.
    this.#stored = `stay-close-away-${person}`;
    this.#country = country;
    this.#onAway = onAway;
    this.#restore();
    addEventListener("storage", ({ key, newValue }) => {
      if (key === this.#stored && newValue === null) this.#forget();
    });
  }

  /** A sentence of the words, for what only the page knows; empty while they are not there. @param {string} prompt */
  says(prompt) {
    return this.#offline?.says(prompt) ?? [];
  }

  /** Whether anything is going on. */
  get open() {
    return this.#open;
  }

  /** Whether the page is by itself. */
  get away() {
    return this.#away !== null;
  }

  /** The script that is being spoken; empty for none. */
  get script() {
    return this.#stands?.place?.script ?? "";
  }

  get locale() {
    return `en-${this.#country()}`;
  }

  /** What can be chosen on the screen while there is no server to understand a sentence; nothing to be overlooked. */
  choices() {
    return (this.#offline?.choices() ?? []).filter(({ label }) => !this.#quiet.includes(label));
  }

  /** The labels of emergencies in which someone unsafe may be near. */
  get #quiet() {
    return Object.entries(this.#words.emergencies).filter(([, one]) => one.quiet).map(([label]) => label);
  }

  /** Make ready for the time without a network. */
  async prepare() {
    // Not before the page can be used.
    const [{ Offline }, response] = await Promise.all([
      import("./offline.js"),
      fetch(`/assets/${this.#edition}/words.json`),
    ]);
    this.#Offline = Offline;
    this.#words = await response.json();
    this.moved();
    if (this.away) {
      this.#onAway(true);
      await this.#tellWhatHappened();
    }
  }

  /** The numbers are those of the country that is chosen now. */
  moved() {
    if (this.#words) this.#offline = new this.#Offline(this.#words, this.#country());
  }

  /** @param {Turn} turn @returns {Promise<Answer>} */
  async turn(turn) {
    if (turn.kind !== "situation" && Date.now() >= this.#again && (!this.away || (await this.#reachable()))) {
      try {
        return await this.#ask(turn);
      } catch (error) {
        if (!this.#offline) throw error;
        // A network that is gone says so at once, and may be asked again at once.
        if (error.name === "AbortError") this.#again = Date.now() + A_WHILE;
      }
    }
    return this.#alone(turn);
  }

  /** Whoever goes away leaves the session; nothing is spoken then. */
  leave() {
    if (!this.away && this.#session.state) {
      navigator.sendBeacon("/api/turn", new Blob([this.#body({ kind: "left" })], { type: "application/json" }));
      this.#session = {};
      this.#stands = null;
      this.#open = false;
    }
  }

  /** @param {Turn} turn */
  #body({ kind, text = "" }) {
    return JSON.stringify({
      kind,
      text: text.slice(0, LONGEST_TEXT),
      locale: this.locale,
      visit: this.#visit,
      session: this.#session,
      meanwhile: this.#meanwhile(),
    });
  }

  #meanwhile() {
    if (!this.#away || Date.now() - this.#away.since > LONGEST) return null;
    const { place, slow = false, short = false } = this.#stands ?? {};
    return { began: new Date(this.#away.since).toISOString(), situations: this.#away.situations, slow, short, ...(place && { place }) };
  }

  /** @param {Turn} turn */
  async #ask(turn) {
    const response = await fetch("/api/turn", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: this.#body(turn),
      signal: within(PATIENCE),
    });
    this.out = response.status === 401;
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const answer = await response.json();
    this.#session = answer.session;
    const { state } = answer.session;
    if (!state) this.#visit = name();
    this.#open = answer.listening;
    this.#stands = state ? { ...state, spoken: state.session.spoken, situation: state.moment?.situation ?? "" } : null;
    if (this.away) {
      this.#away = null;
      browser.forget(this.#stored);
      this.#onAway(false);
    }
    return answer;
  }

  /** @param {Turn} turn */
  #alone(turn) {
    const { happened, stands, ...answer } = this.#offline.answer(turn, this.#stands ?? {});
    const first = !this.away;
    this.#away ??= { since: Date.now(), situations: [] };
    this.#away.situations.push(...happened.map(({ situation }) => situation));
    this.#stands = stands;
    this.#open = answer.listening;
    this.#store();
    if (first) this.#onAway(true);
    return answer;
  }

  /** Keep it for a page that is opened anew; what someone unsafe may find is in this page's memory alone. */
  #store() {
    const kept = { session: this.#session, stands: this.#stands, open: this.#open, away: this.#away, at: Date.now() };
    const text = JSON.stringify(kept);
    if (this.#quiet.some((label) => text.includes(label))) browser.forget(this.#stored);
    else browser.keep(this.#stored, text);
  }

  async #reachable() {
    try {
      return (await fetch("/health", { signal: within(A_LOOK) })).ok;
    } catch {
      return false;
    }
  }

  /** What a page that was closed without a network had come to. */
  #restore() {
    const text = browser.get(this.#stored);
    if (text === null) return;
    try {
      const { session, stands, open, away, at } = JSON.parse(text);
      this.#session = session;
      this.#away = away;
      this.#stands = Date.now() - at < GOES_ON ? stands : null;
      this.#open = open && this.#stands !== null;
    } catch {
      browser.forget(this.#stored);
    }
  }

  /** All was forgotten, on another page: what this one came to as well. */
  #forget() {
    if (!this.away) return;
    this.#away = { since: Date.now(), situations: [] };
    this.#session = {};
    this.#stands = null;
    this.#open = false;
  }

  /** Tell what happened in a conversation that nobody goes on with. */
  async #tellWhatHappened() {
    if (!this.#open && (await this.#reachable())) await this.#ask({ kind: "left" }).catch(() => {});
  }
}

/** A name that no other visit has. */
function name() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A signal that ends what takes longer than so many milliseconds. @param {number} time */
function within(time) {
  const end = new AbortController();
  setTimeout(() => end.abort(), time);
  return end.signal;
}
