// What page and lab alike do so that work isn't lost: the browser is asked to keep it, copies are downloaded, and come back.

export const NOT_THIS = "That file isn't a notebook of this exercise. Nothing was changed.";
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

/** Have the reader choose a file; return the notebook in it, or null if it has no answer in common with this one. */
export async function chosen(own) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept: ".ipynb" });
  input.click();
  await new Promise((isThere) => (input.onchange = isThere));
  const found = await input.files[0].text().then(JSON.parse).catch(() => null);
  const names = answersOf(own);
  return answersOf(found).some((name) => names.includes(name)) ? found : null;
}

function answersOf(notebook) {
  return (notebook?.cells ?? []).map((cell) => cell.metadata?.nbgrader).filter((cell) => cell?.solution)
    .map((cell) => cell.grade_id);
}

/** Return the name under which a notebook of an exercise is kept when another takes its place. */
export function nameToKeep(exercise) {
  const at = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString();
  return `${exercise}-kept-${at.slice(0, 19).replace("T", "-").replaceAll(":", "")}.ipynb`;
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
