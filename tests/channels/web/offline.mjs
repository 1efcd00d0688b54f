// The modules that talk without a network, one call a line: `["normalise", text]` comes in, its result goes out.

import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";

const [folder, wordsFile] = process.argv.slice(2);
const load = (name) => import(new URL(name, pathToFileURL(`${folder}/`)));
const { Offline } = await load("offline.js");
const { OfflineReader } = await load("offline_reader.js");

const words = JSON.parse(readFileSync(wordsFile, "utf8"));
const made = performance.now();
const reader = new OfflineReader(words);
const building = performance.now() - made;
const speakers = new Map();

function speaker(country) {
  if (!speakers.has(country)) speakers.set(country, new Offline(words, country));
  return speakers.get(country);
}

const calls = {
  normalise: (text) => reader.normalise(text),
  read: (text) => {
    const { danger, question, outcome, allClear, aside } = reader.read(text);
    return [danger && [danger.emergency, danger.form], question, outcome, allClear, aside];
  },
  command: (text) => [reader.read(text).command(false), reader.read(text).plainAnswer],
  fault: () => speaker("US").answer(null, null),
  time: (texts) => {
    const taken = texts.map((text) => {
      const begun = performance.now();
      const reading = reader.read(text);
      reading.command(false);
      return performance.now() - begun;
    });
    return { building, milliseconds: taken.sort((one, other) => one - other) };
  },
  answer: (turn, stands, country) => speaker(country).answer(turn, stands),
  choices: () => speaker("US").choices(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...given] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(calls[name](...given))}\n`);
}
