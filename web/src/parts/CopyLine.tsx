import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import './doors.css';

/** A line to be used elsewhere: whole, selectable, one click away from the clipboard. Says when the browser would not copy. */
export function CopyLine({ text, what }: { text: string; what: string }) {
  const [state, set] = useState<'idle' | 'done' | 'failed'>('idle');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      set('done');
    } catch {
      // No clipboard beyond localhost without TLS: the text is selected by a click.
      set('failed');
    }
    setTimeout(() => set('idle'), 2_500);
  };
  const word = state === 'done' ? 'Copied' : state === 'failed' ? 'The browser does not allow it: select and copy' : `Copy ${what}`;
  return (
    <span className="copy-line">
      <code>{text}</code>
      <Tooltip label={word}>
        <ActionIcon aria-label={`Copy ${what}`} onClick={copy}>
          {state === 'done' ? <IconCheck size={14} stroke={1.6} /> : <IconCopy size={14} stroke={1.6} />}
        </ActionIcon>
      </Tooltip>
      <span className="sr-only" role="status">
        {state === 'idle' ? '' : word}
      </span>
    </span>
  );
}
