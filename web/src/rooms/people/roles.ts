/** What a role is for, in a sentence; what it may comes from the program. */
export const roleWords: Record<string, string> = {
  admin: 'Everything, and people and tokens.',
  analyst: 'Works on cases; asks Operations for changes and validates them.',
  champion: 'Looks after sources, rules, parsers and playbooks; also works on cases.',
  manager: 'Reads cases and measures, sets targets.',
  operations: 'Carries out what is asked of it; sees its requests, not the cases behind them.',
};

/** Roles that together undo the separation of who asks for a change, who makes it and who checks it. */
export function tension(roles: readonly string[]): string | undefined {
  if (roles.includes('operations') && roles.includes('analyst'))
    return 'Asks for changes and makes them: nobody else looks. Better two people.';
  return undefined;
}
