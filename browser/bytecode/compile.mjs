// Starts Pyodide out of a folder and has it compile what lies there: see compile.py.
import { readFileSync } from "node:fs";

const [folder] = process.argv.slice(2);
const { loadPyodide } = await import(`${folder}/pyodide.mjs`);
const { packages } = JSON.parse(readFileSync(`${folder}/pyodide-lock.json`, "utf8"));
globalThis.location = { href: "/lab/" }; // of which startup.py asks
const pyodide = await loadPyodide({ packages: Object.keys(packages), stdout() {} });
pyodide.FS.mkdir("/folder");
pyodide.mountNodeFS("/folder", folder);
pyodide.runPython(readFileSync(new URL("compile.py", import.meta.url), "utf8"));
