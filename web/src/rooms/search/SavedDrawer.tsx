import { Drawer } from '@mantine/core';
import type { SearchState } from '@/parts/searchLink';
import { SavedList } from './SavedList';

export function SavedDrawer({ opened, close, open }: { opened: boolean; close: () => void; open: (state: SearchState) => void }) {
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
