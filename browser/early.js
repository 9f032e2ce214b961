/* Runs before JupyterLite does. Where the browser refuses to keep anything, the lab works in memory; and where loading
comes to no end, the page says what to do. */
"use strict";

{
  const PATIENCE = 60_000; // milliseconds
  const lab = (globalThis.rnnlmLab = { keeps: true, isReady: () => clearTimeout(timer) });

  try {
    localStorage.setItem("rnnlm-try", "");
    localStorage.removeItem("rnnlm-try");
    indexedDB.open("rnnlm-try").onsuccess = () => indexedDB.deleteDatabase("rnnlm-try");
  } catch {
    lab.keeps = false;
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, { value: memory() });
    }
    Object.defineProperty(window, "indexedDB", { value: undefined }); // JupyterLite then takes localStorage
  }

  function memory() {
    const kept = new Map();
    return {
      get length() { return kept.size; },
      key: (at) => [...kept.keys()][at] ?? null,
      getItem: (key) => kept.get(String(key)) ?? null,
      setItem: (key, value) => void kept.set(String(key), String(value)),
      removeItem: (key) => void kept.delete(String(key)),
      clear: () => kept.clear(),
    };
  }

  const timer = setTimeout(() => {
    const again = Object.assign(document.createElement("button"), { textContent: "Load it again", onclick: () => location.reload() });
    const note = Object.assign(document.createElement("div"), {
      role: "alert",
      textContent: "This has been loading for a minute, so a part of it may not have arrived. Check the connection and " +
        "load the page again. What you wrote before is still in this browser. ",
    });
    note.style = "position: fixed; inset: 0 0 auto 0; z-index: 99999; padding: 1em; color: #000; background: #fff3c4; font: 1rem sans-serif";
    note.append(again);
    document.body.append(note);
    lab.isReady = () => note.remove();
  }, PATIENCE);
}
