// Python for the answers of a page: the files, the start and the shell of the lab's own kernel.

const LAB = new URL("../", import.meta.url);
const FORMS = { dict_converter: Object.fromEntries };

const answers = { run, review, defines: (name) => names.has(name), reset: () => void (names.clear(), names.update(atStart)) };
let kernel, names, atStart, outputs, toPython, take;
const ready = start();

onmessage = async ({ data: { does, what } }) => {
  try {
    await ready;
    postMessage({ answer: await answers[does](what) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};

async function start() {
  const settings = await (await fetch(new URL("jupyter-lite.json", LAB))).json();
  const [{ pyodideUrl, loadPyodideOptions }] = Object.values(settings["jupyter-config-data"].litePluginSettings);
  count(loadPyodideOptions.packages.length + 3); // with the machine, its standard library and the list of packages
  const { loadPyodide } = await import(new URL(pyodideUrl, LAB));
  const pyodide = await loadPyodide(loadPyodideOptions);
  const { kernel_instance, stdout_stream, stderr_stream } = pyodide.pyimport("pyodide_kernel");
  kernel = kernel_instance;
  toPython = pyodide.toPy;
  take = pyodide.pyimport;
  stdout_stream.publish_stream_callback = stderr_stream.publish_stream_callback = addText;
  kernel.interpreter.display_pub.display_data_callback = (data, metadata) => add("display_data", { data, metadata });
  kernel.interpreter.displayhook.publish_execution_result = (execution_count, data, metadata) =>
    add("execute_result", { execution_count, data, metadata });
  names = kernel.interpreter.user_ns;
  atStart = pyodide.globals.get("dict")(names);
  postMessage({ share: 1 });
}

/** Tell the page how much of all files has come. */
function count(all) {
  let come = 0;
  const ask = fetch;
  self.fetch = async (...request) => {
    const response = await ask(...request);
    postMessage({ share: Math.min(++come / all, 0.99) });
    return response;
  };
}

/** Run a cell; return its outputs, as a notebook keeps them. `screen` has the sources of all code cells, by their ids. */
async function run({ cellId, screen }) {
  outputs = [];
  kernel._parent_header = toPython({ header: {}, metadata: { cellId, screen, hasHints: true } });
  const done = (await kernel.run(screen[cellId])).toJs(FORMS);
  if (done.status === "error") {
    const { ename, evalue, traceback } = done;
    add("error", { ename, evalue, traceback });
  }
  return outputs;
}

/** Have the course's `review` make a question, or a record of an answer. */
function review(request) {
  return JSON.parse(take("rnnlm_grader.learner.review").in_page(JSON.stringify(request)));
}

function add(output_type, parts) {
  const plain = Object.entries(parts).map(([key, value]) => [key, value?.toJs?.(FORMS) ?? value]);
  outputs.push({ output_type, ...Object.fromEntries(plain) });
}

function addText(name, text) {
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text += text;
  else outputs.push({ output_type: "stream", name, text });
}
