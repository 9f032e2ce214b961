// What the lab adds to JupyterLite: it keeps what is run too early, says that Python is starting, and leads from
// an exercise to the work on an earlier release of it.

import "./screen.js";

const OPEN = "lab:open-other-release";
const { commands, serviceManager, shell } = await until(() => window.jupyterapp);
const kernel = until(() => shell.currentWidget?.sessionContext?.session?.kernel);

// For a second there are cells and no kernel yet, and a cell that is run then would be forgotten.
// All keys, buttons and menus come by here.
const execute = commands.execute.bind(commands);
commands.execute = async (id, args) => {
  if (/^(notebook|runmenu):.*run/.test(id)) await kernel;
  return execute(id, args);
};

await kernel;
const notebook = shell.currentWidget;
(await _JUPYTERLAB["rnnlm-course"].get())().default.activate(window.jupyterapp);
sayThatPythonStarts();
notebook.sessionContext.statusChanged.connect((_, status) => status === "restarting" && sayThatPythonStarts());
tellOfReleases();

async function until(look) {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function sayThatPythonStarts() {
  const answer = notebook.sessionContext.session.kernel.requestIsComplete({ code: "" }); // comes as soon as Python runs
  const note = await commands.execute("apputils:notify", {
    message: "Python is starting. What you run meanwhile is answered then.",
    type: "in-progress", options: { autoClose: false },
  });
  await answer.catch(() => {}); // the kernel was restarted meanwhile
  commands.execute("apputils:dismiss-notification", { id: note });
}

async function tellOfReleases() {
  const { content: current } = await (await fetch("../api/contents/all.json")).json();
  const names = current.map((file) => file.name);
  const all = (await serviceManager.contents.get("")).content.map((file) => file.name);
  const others = all.filter((name) => name !== notebook.context.path && stem(name) === stem(notebook.context.path));
  const isOld = !names.includes(notebook.context.path);
  const other = isOld ? others.find((name) => names.includes(name)) : others.at(-1);
  if (!other) return;
  commands.addCommand(OPEN, { execute: () => void open(`?path=${other}`) });
  commands.execute("apputils:notify", {
    message: isOld ? "This exercise has been corrected since you began. Your work stays here."
                   : "You began an earlier release of this exercise. Your work on it is kept.",
    type: "info",
    options: {
      autoClose: false,
      actions: [{ label: isOld ? "Open the corrected one" : "Open the earlier one", commandId: OPEN }],
    },
  });
}

function stem(name) {
  return name.replace(/-\d{4}\.ipynb$/, "");
}
