/* A JupyterLab extension without a build step. With each cell that runs it tells the kernel what the code cells on the
screen hold, so that `check` knows of edits that were never run; and it marks results that are older than the kernel. */
"use strict";

{
  const EARLIER = "rnnlm-earlier";
  const STYLE = `
.${EARLIER}:has(.jp-OutputArea-child) .jp-OutputArea-output { opacity: 0.75; }
.${EARLIER}:has(.jp-OutputArea-child) .jp-OutputArea::before {
  content: "From earlier. Run the cell to see what holds now.";
  display: block; padding: 0.4em; font-style: italic; color: var(--jp-ui-font-color1); }`;
  const watched = new WeakSet();

  function activate({ shell }) {
    document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
    const look = () => shell.currentWidget?.content?.model?.cells && watch(shell.currentWidget);
    shell.currentChanged.connect(look);
    look();
  }

  async function watch(panel) {
    if (watched.has(panel)) return;
    watched.add(panel);
    const { sessionContext } = panel;
    attach(panel, sessionContext.session?.kernel);
    sessionContext.kernelChanged.connect((_, { newValue }) => attach(panel, newValue));
    sessionContext.statusChanged.connect((_, status) => /restarting/.test(status) && markAll(panel));
    await panel.context.ready;
    markAll(panel);
  }

  function attach(panel, kernel) {
    if (!kernel || watched.has(kernel)) return;
    watched.add(kernel);
    const request = kernel.requestExecute.bind(kernel);
    kernel.requestExecute = (content, disposeOnDone, metadata) => {
      const cell = panel.content.widgets.find(({ model }) => model.id === metadata?.cellId);
      cell?.removeClass(EARLIER);
      return request(content, disposeOnDone, { ...metadata, screen: sources(panel) });
    };
  }

  function sources(panel) {
    const code = [...panel.content.model.cells].filter((cell) => cell.type === "code");
    return Object.fromEntries(code.map((cell) => [cell.id, cell.sharedModel.getSource()]));
  }

  function markAll(panel) {
    for (const cell of panel.content.widgets) {
      const runs = cell.promptNode?.textContent.includes("*");
      if (cell.model.type === "code" && !runs) cell.addClass(EARLIER);
    }
  }

  const plugin = { id: "rnnlm-course:screen", autoStart: true, activate };
  (globalThis._JUPYTERLAB ??= {})["rnnlm-course"] = {
    init() {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
}
