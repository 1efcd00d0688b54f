// Drives a skill over HTTP with virtual-alexa, which knows nothing of this project but the interaction model.
//
//     node virtual_alexa.mjs URL MODEL SKILL USER < STEPS
//
// STEPS is a JSON list: {"launch": true}, {"utter": "she's pushing me away"}, {"intend": "AMAZON.NextIntent"} or
// {"end": true}. Prints the skill's whole response to each, a line of JSON a step. What cannot be done, ends it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

// The packages are not beside this file: script/setup puts them with the other engines.
const require = createRequire(new URL("../../.engines/package.json", import.meta.url));
const { VirtualAlexa } = require("virtual-alexa");

const [url, model, skill, user] = process.argv.slice(2);
const alexa = VirtualAlexa.Builder()
  .skillURL(url)
  .interactionModelFile(model)
  .locale(basename(model, ".json")) // a model's file is named after its locale
  .applicationID(skill)
  .create();
alexa.context().user().setID(user);

const ways = {
  launch: () => alexa.launch(),
  utter: (said) => {
    // virtual-alexa makes a launch of a sentence that has one of these anywhere in it, and an end of "exit".
    if (/ask|open|launch|talk to|tell|^exit$/i.test(said)) throw new Error(`cannot be uttered: ${said}`);
    return alexa.utter(said);
  },
  intend: (intent) => alexa.intend(intent),
  end: () => alexa.endSession(),
};

for (const step of JSON.parse(readFileSync(0, "utf8"))) {
  const [[way, what]] = Object.entries(step);
  console.log(JSON.stringify(await ways[way](what)));
}
