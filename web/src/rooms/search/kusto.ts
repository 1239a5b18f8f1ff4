// The Kusto editor: Monaco with Microsoft's language service, fed with our schema. Loaded with the search page only.
import 'monaco-editor/esm/vs/editor/editor.all.js';
import { getKustoWorker, kustoDefaults } from '@kusto/monaco-kusto';
import KustoWorker from '@kusto/monaco-kusto/release/esm/kusto.worker?worker';
import * as monaco from 'monaco-editor/esm/vs/editor/editor.api';
import EditorWorker from 'monaco-editor/esm/vs/editor/editor.worker?worker';
import type { SearchSchema } from '@/wire/types';
import { offer } from './offer';

self.MonacoEnvironment = { getWorker: (_id, label) => (label === 'kusto' ? new KustoWorker() : new EditorWorker()) };

// Our server says what is wrong, what may stand where, and what it means, since what runs is ours; the language service only colours.
const setMarkers = monaco.editor.setModelMarkers;
monaco.editor.setModelMarkers = (model, owner, markers) => setMarkers(model, owner, owner === 'kusto' ? [] : markers);

kustoDefaults.setLanguageSettings({
  ...kustoDefaults.languageSettings,
  useSemanticColorization: true,
  useTokenColorization: true,
  enableHover: false,
  includeControlCommands: false,
  newlineAfterPipe: false,
  openSuggestionDialogAfterPreviousSuggestionAccepted: true,
  enableQueryWarnings: false,
  enableQuerySuggestions: false,
  enableQuickFixes: false,
  onDidProvideCompletionItems: async (list) => ({ ...list, items: [] }),
});
offer(monaco);
// A worker that stops loses the schema and takes seconds to come back.
kustoDefaults.setMaximumWorkerIdleTime(0);

const ink = {
  dark: { text: 'dfe3e6', word: '86b3ea', text2: '69c79b', number: 'f7b244', faint: '7f8a93', column: 'c9d2d8', call: 'c79bf0' },
  light: { text: '1c2023', word: '2b69b0', text2: '1b7a4e', number: '8a5400', faint: '687178', column: '30383d', call: '7b3fb8' },
};

for (const scheme of ['dark', 'light'] as const) {
  const c = ink[scheme];
  const rule = (token: string, foreground: string) => ({ token, foreground });
  monaco.editor.defineTheme(`andon-${scheme}`, {
    base: scheme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      // The names are those that the language service gives to its kinds of word.
      rule('', c.text),
      rule('comment', c.faint),
      rule('string', c.text2),
      rule('number', c.number),
      rule('operator.sql', c.word),
      rule('operator.scss', c.word),
      rule('keyword', c.word),
      rule('operator', c.word),
      rule('variable.parameter', c.number),
      rule('variable', c.column),
      rule('variable.predefined', c.column),
      rule('function', c.call),
      rule('type', c.call),
      rule('tag', c.call),
      rule('annotation', c.number),
    ],
    colors:
      scheme === 'dark'
        ? {
            'editor.background': '#15191c',
            'editor.foreground': '#dfe3e6',
            'editorWidget.background': '#1c2125',
            'editorWidget.border': '#3a434b',
            'editorSuggestWidget.selectedBackground': '#3b2f16',
            'editorCursor.foreground': '#f5a623',
            'editor.lineHighlightBackground': '#15191c',
            'editor.lineHighlightBorder': '#15191c',
            'editor.selectionBackground': '#f5a62344',
            focusBorder: '#f5a623',
          }
        : {
            'editor.background': '#faf9f6',
            'editor.foreground': '#1c2023',
            'editorWidget.background': '#ffffff',
            'editorWidget.border': '#bfbbb0',
            'editorSuggestWidget.selectedBackground': '#fbe6bd',
            'editorSuggestWidget.selectedForeground': '#1c2023',
            'editorCursor.foreground': '#8a5400',
            'editor.lineHighlightBackground': '#faf9f6',
            'editor.lineHighlightBorder': '#faf9f6',
            'editor.selectionBackground': '#f5a62355',
            focusBorder: '#e59a10',
          },
  });
}

const kustoType = (type: string) =>
  ({ keyword: 'string', text: 'string', ip: 'string', date: 'datetime', boolean: 'bool', array: 'dynamic' })[type] ?? type;

/** Tells the language service which tables and columns there are. */
export async function teach(model: monaco.editor.ITextModel, schema: SearchSchema): Promise<void> {
  const database = {
    name: 'andon',
    majorVersion: 0,
    minorVersion: 1,
    tables: schema.tables.map((t) => ({
      name: t.name,
      docstring: t.meaning ?? '',
      columns: t.columns.map((c) => ({ name: c.name, type: kustoType(c.type), docstring: c.meaning })),
    })),
    functions: [],
    entityGroups: [],
  };
  const accessor = await getKustoWorker();
  const worker = await accessor(model.uri);
  await worker.setSchema({ clusterType: 'Engine', cluster: { connectionString: 'andon', databases: [database] }, database });
}

export { monaco };
