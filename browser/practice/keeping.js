// What page and lab alike do so that work isn't lost: the browser is asked to keep it, and copies are downloaded.

const DOWNLOADED = "rnnlm-downloaded"; // exercise → when a copy was downloaded last, in milliseconds
let asked;

/** Ask the browser, once, not to forget what is kept: some forget a site after a week without a visit. */
export function askToKeep() {
  asked ??= navigator.storage?.persist?.();
}

/** Download a notebook of an exercise under a name. */
export function downloadCopy(notebook, name, exercise) {
  const text = `${JSON.stringify(notebook, null, 1)}\n`;
  const href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  URL.revokeObjectURL(href);
  try {
    localStorage.setItem(DOWNLOADED, JSON.stringify({ ...copies(), [exercise]: Date.now() }));
  } catch {} // a browser that keeps nothing
}

/** Return when a copy of an exercise was downloaded last, in milliseconds, if one was. */
export function lastCopy(exercise) {
  return copies()[exercise];
}

function copies() {
  try {
    return JSON.parse(localStorage.getItem(DOWNLOADED)) ?? {};
  } catch {
    return {};
  }
}
