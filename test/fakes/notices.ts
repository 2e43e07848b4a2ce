import type { Notice, Notices } from '../../shared/ports/notices.ts';

export type FakeNotices = Notices & { sent: ({ to: 'stewards' | 'on-call'; group: string } & Notice)[] };

export function fakeNotices(): FakeNotices {
  const sent: FakeNotices['sent'] = [];
  return {
    sent,
    async tellStewards(group, notice) {
      sent.push({ to: 'stewards', group, ...notice });
    },
    async tellOnCall(group, notice) {
      sent.push({ to: 'on-call', group, ...notice });
    },
  };
}
