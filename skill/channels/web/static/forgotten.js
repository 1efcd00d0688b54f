// All is forgotten: what a page was still to tell of a time without a network as well, in every tab of this browser.

import { browser, tab } from "./memory.js";

for (const name of browser.names()) if (name.startsWith("stay-close-away")) browser.forget(name);
tab.forget("stay-close-shown");
