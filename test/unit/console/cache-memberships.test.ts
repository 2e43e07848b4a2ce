import { cacheMemberships } from '../../../shared/application/cache-memberships.ts';

function counted(answer: () => Promise<number | undefined>) {
  const asked: string[] = [];
  const memberships = {
    inGroup: (group: string, userId: number) => {
      asked.push(`${group}/${userId}`);
      return answer();
    },
    inProject: (projectId: number, userId: number) => {
      asked.push(`${projectId}/${userId}`);
      return answer();
    },
  };
  return { asked, memberships };
}

describe('memberships for reading', () => {
  it('are asked once a minute, for each person and group', async () => {
    const { asked, memberships } = counted(async () => 30);
    let now = 0;
    const cached = cacheMemberships(memberships, () => now);
    await Promise.all([cached.inGroup('g', 1), cached.inGroup('g', 1), cached.inGroup('g', 2), cached.inProject(1, 1)]);
    now = 59_999;
    await cached.inGroup('g', 1);
    expect(asked).toEqual(['g/1', 'g/2', '1/1']);
    now = 60_000;
    await cached.inGroup('g', 1);
    expect(asked).toHaveLength(4);
  });

  it('are asked again after a failure', async () => {
    let fails = true;
    const { memberships } = counted(async () => (fails ? Promise.reject(new Error('away')) : 30));
    const cached = cacheMemberships(memberships, () => 0);
    await expect(cached.inGroup('g', 1)).rejects.toThrow('away');
    fails = false;
    expect(await cached.inGroup('g', 1)).toBe(30);
  });
});
