import { describe, expect, it } from '@jest/globals';
import { findPython } from '../../../../local/world/python.ts';

/** A machine with these commands; each is a Python 3 of this minor version. */
const machine = (commands: Record<string, number>) => (command: string) => Promise.resolve(commands[command]);

describe('the Python of the virtual environments', () => {
  it('is python3 where the pins were tested with it', async () => {
    expect(await findPython(machine({ python3: 11, 'python3.13': 13 }))).toEqual({
      command: 'python3',
      version: '3.11',
    });
  });

  it('is an older one beside a python3 that is later than the pins', async () => {
    expect(await findPython(machine({ python3: 14, 'python3.12': 12 }))).toEqual({
      command: 'python3.12',
      version: '3.12',
    });
  });

  it('is a later one where there is no other', async () => {
    expect(await findPython(machine({ python3: 14 }))).toEqual({ command: 'python3', version: '3.14' });
  });

  it.each([[{}], [{ python3: 9, python: 7 }]])('is asked for in words on a machine with %j', async (commands) => {
    await expect(findPython(machine(commands))).rejects.toThrow(/Python 3\.10 or later was not found: install it/);
  });
});
