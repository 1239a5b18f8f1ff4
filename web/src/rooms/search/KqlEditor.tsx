import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { plainText } from '@/parts/hostile';
import { useSchema } from '@/wire/getSchema';
import { monaco, teach } from './kusto';
import { type Checked, spanOf, underlined } from './place';

interface Props {
  text: string;
  onText: (text: string) => void;
  onRun: () => void;
  checked: Checked;
}

const severity = { error: monaco.MarkerSeverity.Error, warning: monaco.MarkerSeverity.Warning, note: monaco.MarkerSeverity.Info };

export default function KqlEditor({ text, onText, onRun, checked }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const now = useRef({ onText, onRun });
  now.current = { onText, onRun };
  const scheme = useComputedColorScheme('dark');
  const schema = useSchema().data;
  const first = useRef(text);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = monaco.editor.create(element, {
      value: first.current,
      language: 'kusto',
      ariaLabel: 'Query in KQL',
      automaticLayout: true,
      minimap: { enabled: false },
      lineNumbers: 'on',
      lineNumbersMinChars: 3,
      glyphMargin: false,
      folding: false,
      lineDecorationsWidth: 6,
      renderLineHighlight: 'none',
      scrollBeyondLastLine: false,
      overviewRulerLanes: 0,
      hideCursorInOverviewRuler: true,
      scrollbar: { alwaysConsumeMouseWheel: false, verticalScrollbarSize: 8, horizontalScrollbarSize: 8 },
      fontFamily: "'IBM Plex Mono', ui-monospace, monospace",
      fontSize: 13,
      lineHeight: 20,
      padding: { top: 8, bottom: 8 },
      wordWrap: 'on',
      contextmenu: false,
      fixedOverflowWidgets: true,
      unicodeHighlight: { invisibleCharacters: true, ambiguousCharacters: true },
      renderControlCharacters: true,
      suggest: { showWords: false },
    });
    editor.current = made;
    const grow = () => {
      element.style.height = `${Math.min(240, Math.max(56, made.getContentHeight()))}px`;
    };
    const watched = [made.onDidChangeModelContent(() => now.current.onText(made.getValue())), made.onDidContentSizeChange(grow)];
    // Tab goes on to the results and back, as everywhere; no query needs one. It still takes what the list of completions offers. The editor keeps this
    // for all of its kind, and has no other way to say it.
    if (!made.getOption(monaco.editor.EditorOption.tabFocusMode)) made.trigger('andon', 'editor.action.toggleTabFocusMode', null);
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => now.current.onRun());
    made.addCommand(monaco.KeyMod.Shift | monaco.KeyCode.Enter, () => now.current.onRun());
    grow();
    return () => {
      for (const w of watched) w.dispose();
      made.getModel()?.dispose();
      made.dispose();
      editor.current = null;
    };
  }, []);

  useEffect(() => monaco.editor.setTheme(`andon-${scheme}`), [scheme]);

  // In the commit itself: later, the editor may hold a letter more than this text, which is its own echo, and would lose it.
  useLayoutEffect(() => {
    const made = editor.current;
    if (made && made.getValue() !== text) made.setValue(text);
  }, [text]);

  useEffect(() => {
    const model = editor.current?.getModel();
    if (model && schema) void teach(model, schema);
  }, [schema]);

  // Also for each text: what was checked may be of the one that is gone back to.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the model holds the text.
  useEffect(() => {
    const model = editor.current?.getModel();
    const marks = model && underlined(checked, model.getValue());
    if (!marks) return;
    monaco.editor.setModelMarkers(
      model,
      'andon',
      marks.map((f) => {
        const s = spanOf(f.place, model.getValue());
        return {
          severity: severity[f.level],
          message: plainText(`${f.message} ${f.hint}`),
          code: f.code,
          startLineNumber: s.startLine,
          startColumn: s.startColumn,
          endLineNumber: s.endLine,
          endColumn: s.endColumn,
        };
      }),
    );
  }, [checked, text]);

  return <div ref={box} className="kql-editor" />;
}
