import { Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { Card } from '@/wire/types';

export type CardWish = 'take' | 'move' | 'route' | 'class' | 'ask' | 'wait' | 'snooze' | 'close' | 'select';

const items: [CardWish, string, string][] = [
  ['take', 'Take', 'a'],
  ['move', 'Move …', 'm'],
  ['route', 'Re-route …', 'Shift R'],
  ['class', 'Class and date …', 'c'],
  ['ask', 'Ask Operations …', 'o'],
  ['wait', 'Wait outside …', 'w'],
  ['snooze', 'Let it sleep …', 'z'],
  ['close', 'Close …', 'e'],
  ['select', 'Select', 'x'],
];

/** All that can be done with a card, each with its key. */
export function CardMenu({ card, wish }: { card: Card; wish: (card: Card, what: CardWish) => void }) {
  const words = (what: CardWish, label: string) =>
    what === 'wait' && card.service.waiting && !card.service.waiting.byRequest
      ? 'Go on: waiting is over'
      : what === 'snooze' && card.service.asleep
        ? 'Wake it'
        : label;
  return (
    <Menu position="bottom-end" width={210} withinPortal>
      <Menu.Target>
        <button type="button" className="bare card-menu" aria-label={`Acts for #${card.number}`} onPointerDown={(e) => e.stopPropagation()}>
          <IconDots size={14} stroke={1.8} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown onPointerDown={(e) => e.stopPropagation()}>
        {items
          .filter(([what]) => what !== 'take' || !card.owner)
          .map(([what, label, key]) => (
            <Menu.Item key={what} onClick={() => wish(card, what)} rightSection={<span className="faint">{key}</span>}>
              {words(what, label)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
