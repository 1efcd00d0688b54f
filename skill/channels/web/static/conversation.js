// The conversation: each turn goes to the server; where it cannot be reached in time, the page goes on by itself with
// the same words, and tells the server later what it came to: labels and a place, never what was said.

const PATIENCE = 1500; // milliseconds that an answer of the server is waited for
const A_LOOK = 500; // … that a server which could not be reached is given to show itself again
const GOES_ON = 20 * 60 * 1000; // milliseconds for which a conversation goes on where it stood
const LONGEST = 7 * 24 * 3600 * 1000; // … for which what happened is still told
const STORED = "stay-close-away";

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
  #edition;
  #country;
  #onAway;

  /** @param {string} edition @param {() => string} country @param {(away: boolean) => void} onAway */
  constructor(edition, country, onAway) {
    this.#edition = edition;
    this.#country = country;
    this.#onAway = onAway;
    this.#restore();
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
    if (turn.kind !== "situation" && (!this.away || (await this.#reachable()))) {
      try {
        return await this.#ask(turn);
      } catch (error) {
        if (!this.#offline) throw error;
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
    return JSON.stringify({ kind, text, locale: this.locale, session: this.#session, meanwhile: this.#meanwhile() });
  }

  #meanwhile() {
    if (!this.#away || Date.now() - this.#away.since > LONGEST) return null;
    const { place, slow = false, short = false } = this.#stands ?? {};
    const ago = Math.max(0, Date.now() - this.#away.since) / 1000;
    return { ago, situations: this.#away.situations, slow, short, ...(place && { place }) };
  }

  /** @param {Turn} turn */
  async #ask(turn) {
    const response = await fetch("/api/turn", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: this.#body(turn),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const answer = await response.json();
    this.#session = answer.session;
    const { state } = answer.session;
    this.#open = answer.listening;
    this.#stands = state ? { ...state, spoken: state.session.spoken, situation: state.moment?.situation ?? "" } : null;
    if (this.away) {
      this.#away = null;
      localStorage.removeItem(STORED);
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
    if (this.#quiet.some((label) => text.includes(label))) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, text);
  }

  async #reachable() {
    try {
      return (await fetch("/health", { signal: AbortSignal.timeout(A_LOOK) })).ok;
    } catch {
      return false;
    }
  }

  /** What a page that was closed without a network had come to. */
  #restore() {
    try {
      const { session, stands, open, away, at } = JSON.parse(localStorage.getItem(STORED) ?? "{}");
      if (!away) return;
      this.#session = session;
      this.#away = away;
      this.#stands = Date.now() - at < GOES_ON ? stands : null;
      this.#open = open && this.#stands !== null;
    } catch {
      localStorage.removeItem(STORED);
    }
  }

  /** Tell what happened in a conversation that nobody goes on with. */
  async #tellWhatHappened() {
    if (!this.#open && (await this.#reachable())) await this.#ask({ kind: "left" }).catch(() => {});
  }
}
