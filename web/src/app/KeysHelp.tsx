import { Modal } from '@mantine/core';
import { places } from './places';

const groups: [string, [string, string][]][] = [
  [
    'Anywhere',
    [
      ['Ctrl K', 'Go to a room, a case, a rule; do something'],
      ['?', 'This page'],
      ...places.map((r): [string, string] => [`g ${r.key}`, r.word]),
    ],
  ],
  [
    'Board',
    [
      ['j k', 'Next and previous card'],
      ['h l', 'Lane to the left and right'],
      ['Enter', 'Open the card'],
      ['p', 'Pull the best card'],
      ['a', 'Take this card'],
      ['m', 'Move the card'],
      ['e', 'End: close the case'],
      ['Shift R', 'Re-route the card'],
      ['c', 'Class of service and date'],
      ['o', 'Ask Operations for a change'],
      ['w', 'Wait for someone outside, or go on'],
      ['z', 'Let it sleep, or wake it'],
      ['x', 'Select; what follows is for all selected'],
      ['+', 'Plan a card'],
      ['/', 'Filter'],
      ['Space', 'Show collected changes'],
    ],
  ],
  [
    'Inbox',
    [
      ['j k', 'Next and previous'],
      ['y', 'Accept, done, or verify'],
      ['n', 'Refuse, send back'],
      ['Enter', 'Open its case'],
    ],
  ],
  [
    'Case',
    [
      ['1 … 9, 0', 'Tabs'],
      ['m', 'Move'],
      ['r', 'Run a playbook'],
      ['n', 'Write a note'],
      ['e', 'End: close the case'],
      ['u', 'Up to the board'],
    ],
  ],
  [
    'Search',
    [
      ['Ctrl Enter', 'Run'],
      ['Ctrl Space', 'Complete'],
      ['/', 'Into the editor'],
      ['j k', 'Next and previous row'],
      ['Home End', 'First and last row'],
      ['Esc', 'Close the row; cancel a running search'],
      ['right click', 'A value: keep, leave out, all about it'],
    ],
  ],
];

export function KeysHelp({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="Keys" size={760}>
      <div className="keys">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            {keys.map(([key, words]) => (
              <div key={key} className="row">
                <span className="keys-key">
                  {key.split(' ').map((k) => (
                    <span key={k} className="kbd">
                      {k}
                    </span>
                  ))}
                </span>
                <span>{words}</span>
              </div>
            ))}
          </section>
        ))}
      </div>
    </Modal>
  );
}
