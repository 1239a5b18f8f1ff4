import { Drawer } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { SearchState } from '@/parts/searchLink';
import { SavedList } from './SavedList';

export function SavedDrawer({ opened, close, open }: { opened: boolean; close: () => void; open: (state: SearchState) => void }) {
  // Whatever leads elsewhere from here leaves the list behind.
  const place = useLocation({ select: (l) => l.searchStr });
  const now = useRef(close);
  now.current = close;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what changes.
  useEffect(() => {
    now.current();
  }, [place]);
  return (
    <Drawer opened={opened} onClose={close} title="Saved searches" position="left" size={460}>
      {opened && (
        <SavedList
          open={(state) => {
            close();
            open(state);
          }}
        />
      )}
    </Drawer>
  );
}
