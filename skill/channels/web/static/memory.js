// What this browser remembers: where it will not, nothing fails and nothing is remembered.

/** @param {"localStorage" | "sessionStorage"} where */
function memory(where) {
  const use = (/** @type {(storage: Storage) => any} */ how) => {
    try {
      return how(window[where]);
    } catch {
      return null; // It is switched off, or full.
    }
  };
  return {
    /** @param {string} name @returns {string | null} */
    get: (name) => use((storage) => storage.getItem(name)),
    /** @param {string} name @param {string} text */
    keep: (name, text) => use((storage) => storage.setItem(name, text)),
    /** @returns {string[]} */
    names: () => use(Object.keys) ?? [],
    /** @param {string} name */
    forget: (name) => use((storage) => storage.removeItem(name)),
  };
}

export const browser = memory("localStorage");
export const tab = memory("sessionStorage");
