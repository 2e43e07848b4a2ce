import { inBackground } from '../../../../local/sagemaker/serving/in-background.ts';

/** Resolves with the lines that were logged, once there are so many. */
function logOf(lines: number) {
  const logged: string[] = [];
  let isFull: (all: string[]) => void = () => {};
  const full = new Promise<string[]>((resolve) => {
    isFull = resolve;
  });
  const log = (line: string) => {
    logged.push(line);
    if (logged.length === lines) isFull(logged);
  };
  return { world: { log }, full };
}

const failing = async () => {
  throw new Error('the disk is full');
};

describe('work in the background', () => {
  it('that fails is told in the log, and ended as its owner says', async () => {
    const { world, full } = logOf(1);
    const failed = new Promise((resolve) => inBackground(world, 'The deployment of flights', failing, resolve));
    expect(await failed).toMatchObject({ message: 'the disk is full' });
    expect(await full).toEqual([expect.stringMatching(/^The deployment of flights failed: Error: the disk is full/)]);
  });

  it('that throws at once, and can’t even be ended, still throws at nobody', async () => {
    const { world, full } = logOf(2);
    const throwing = () => {
      throw new Error('still full');
    };
    inBackground(world, 'The deletion of flights', throwing, throwing);
    expect(await full).toEqual([
      expect.stringContaining('The deletion of flights failed'),
      'The deletion of flights could not be ended: Error: still full',
    ]);
  });
});
