import { Button, FileInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { many } from '@/parts/words';
import { useSendUpload } from '@/wire/sendUpload';

export function UploadBox() {
  const [file, setFile] = useState<File | null>(null);
  const sent = useSendUpload();
  return (
    <form
      className="stack"
      style={{ gap: 12 }}
      onSubmit={(e) => {
        e.preventDefault();
        if (file) sent.mutate(file);
      }}
    >
      <div className="dim">
        Text with a record a line, JSON lines, or a Windows event log (EVTX). It is taken in like anything that was sent.
      </div>
      <FileInput label="File" value={file} onChange={setFile} placeholder="Choose a file" clearable data-autofocus />
      <div>
        <Button type="submit" disabled={!file} loading={sent.isPending}>
          Upload
        </Button>
      </div>
      {sent.data && (
        <div role="status">
          {many(sent.data.records, 'record')} taken in, as{' '}
          <Link className="link" to="/sources/$sourceId" params={{ sourceId: sent.data.sourceId }}>
            <Hostile text={sent.data.sourceId} max={120} />
          </Link>
          .
        </div>
      )}
      <FindingList findings={sent.data?.findings ?? findingsOf(sent.error)} />
    </form>
  );
}
