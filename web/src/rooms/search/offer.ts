// Completion and hover of the editor: both are our own server's, so what is offered is what runs.
import type * as Monaco from 'monaco-editor/esm/vs/editor/editor.api';
import { plainText } from '@/parts/hostile';
import { completeText } from '@/wire/completeText';

/** Rows of the suggestion box: more help nobody, and each is sent. */
const ItemsMax = 200;

export function offer(monaco: typeof Monaco): void {
  const kinds = monaco.languages.CompletionItemKind;
  const kindOf: Record<string, Monaco.languages.CompletionItemKind> = {
    operator: kinds.Keyword,
    word: kinds.Keyword,
    relation: kinds.Operator,
    table: kinds.Struct,
    name: kinds.Variable,
    column: kinds.Field,
    aggregate: kinds.Method,
    function: kinds.Function,
    value: kinds.Value,
  };
  const stopOf = (token: Monaco.CancellationToken) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    return stop.signal;
  };
  const rangeOf = (model: Monaco.editor.ITextModel, from: number, to: number) => {
    const [a, b] = [model.getPositionAt(from), model.getPositionAt(to)];
    return new monaco.Range(a.lineNumber, a.column, b.lineNumber, b.column);
  };

  monaco.languages.registerCompletionItemProvider('kusto', {
    triggerCharacters: [' ', '|', '.', '(', ',', "'"],
    provideCompletionItems: async (model, position, _context, token) => {
      const answer = await completeText(model.getValue(), model.getOffsetAt(position), stopOf(token)).catch(() => null);
      if (!answer) return { suggestions: [] };
      const range = rangeOf(model, answer.from, answer.to);
      return {
        suggestions: answer.items.slice(0, ItemsMax).map((item, i) => ({
          label: item.text,
          kind: kindOf[item.kind] ?? kinds.Text,
          insertText: item.text,
          detail: plainText(item.detail),
          documentation: plainText(item.meaning),
          // The server's order is the order: best first.
          sortText: String(i).padStart(4, '0'),
          range,
        })),
        incomplete: answer.items.length > ItemsMax,
      };
    },
  });

  monaco.languages.registerHoverProvider('kusto', {
    provideHover: async (model, position, token) => {
      const answer = await completeText(model.getValue(), model.getOffsetAt(position), stopOf(token)).catch(() => null);
      if (!answer?.hover) return null;
      const { from, to, title, meaning } = answer.hover;
      return {
        range: rangeOf(model, from, to),
        contents: [{ value: `\`${plainText(title).replaceAll('`', "'")}\`` }, { value: plainText(meaning) }],
      };
    },
  });
}
