import { beforeEach, expect, it } from '@jest/globals';
import type { Rendezvous } from '../../../shared/ports/rendezvous.ts';
import { NOON } from '../../fakes/sample-records.ts';
import type { FakeTaskTokens } from '../../fakes/task-tokens.ts';
import { anyId } from './any-names.ts';

const LATER = '2026-11-23T12:05:00.000Z';

/** What every `Rendezvous` does; the tokens show which task was answered with what. */
export function rendezvousContract(make: () => Promise<{ rendezvous: Rendezvous; tokens: FakeTaskTokens }>) {
  let rendezvous: Rendezvous;
  let tokens: FakeTaskTokens;
  let subject: string;
  let token: string;

  beforeEach(async () => {
    ({ rendezvous, tokens } = await make());
    subject = `training/arn:aws:sagemaker:eu-central-1:000000000000:pipeline/p/execution/${anyId()}`;
    token = `token-${anyId()}`;
  });

  const done = (number = 1) => ({ output: { outcome: 'trained', number } });

  it('wakes the waiting state with the signal that comes', async () => {
    expect(await rendezvous.wait(subject, token, NOON)).toBe('waiting');
    expect(await rendezvous.signal(subject, done(), NOON)).toBe('answered');
    expect(tokens.answers.get(token)).toEqual(done());
  });

  it('keeps a signal for the state that will come', async () => {
    expect(await rendezvous.signal(subject, done(), NOON)).toBe('kept');
    expect(await rendezvous.signal(subject, done(2), NOON)).toBe('kept');
    expect(await rendezvous.wait(subject, token, LATER)).toBe('answered');
    expect(tokens.answers.get(token)).toEqual(done(1));
  });

  it('fails the waiting state with a fault', async () => {
    await rendezvous.wait(subject, token, NOON);
    await rendezvous.signal(subject, { fault: { name: 'CapacityRefused', message: 'no room' } }, NOON);
    expect(tokens.answers.get(token)).toEqual({ fault: { name: 'CapacityRefused', message: 'no room' } });
  });

  it('answers once: a second signal changes nothing', async () => {
    await rendezvous.wait(subject, token, NOON);
    await rendezvous.signal(subject, done(1), NOON);
    expect(await rendezvous.signal(subject, done(2), NOON)).toBe('already-answered');
    expect(tokens.answers.get(token)).toEqual(done(1));
  });

  it('answers the newest of two tokens', async () => {
    await rendezvous.wait(subject, 'an older token', NOON);
    await rendezvous.wait(subject, token, NOON);
    await rendezvous.signal(subject, done(), NOON);
    expect([...tokens.answers.keys()].includes('an older token')).toBe(false);
    expect(tokens.answers.get(token)).toEqual(done());
  });

  it('begins a new round when another token comes after the answer', async () => {
    await rendezvous.wait(subject, token, NOON);
    await rendezvous.signal(subject, done(1), NOON);
    const next = `token-${anyId()}`;
    expect(await rendezvous.wait(subject, next, LATER)).toBe('waiting');
    expect(await rendezvous.signal(subject, done(2), LATER)).toBe('answered');
    expect(tokens.answers.get(next)).toEqual(done(2));
  });

  it('begins no new round when the same token comes again', async () => {
    await rendezvous.wait(subject, token, NOON);
    await rendezvous.signal(subject, done(), NOON);
    expect(await rendezvous.wait(subject, token, LATER)).toBe('answered');
    expect((await rendezvous.overdue('2026-11-24T00:00:00.000Z')).map((waiting) => waiting.subject)).not.toContain(
      subject,
    );
  });

  it('gives one answer when token and signals race', async () => {
    const [, ...signals] = await Promise.all([
      rendezvous.wait(subject, token, NOON),
      ...Array.from({ length: 8 }, (_, number) => rendezvous.signal(subject, done(number), NOON)),
    ]);
    expect(tokens.answers.has(token)).toBe(true);
    expect(signals.filter((outcome) => outcome === 'answered').length).toBeLessThanOrEqual(1);
    expect(await rendezvous.redeliver(subject)).toBe('nothing-to-deliver');
  });

  it('lists what has waited too long until it is answered', async () => {
    await rendezvous.wait(subject, token, NOON);
    const overdue = async (before: string) =>
      (await rendezvous.overdue(before)).filter((waiting) => waiting.subject === subject);
    expect(await overdue(NOON)).toEqual([]);
    expect(await overdue(LATER)).toEqual([{ subject, waitingSince: NOON }]);
    await rendezvous.signal(subject, done(), LATER);
    expect(await overdue(LATER)).toEqual([]);
  });

  it('delivers after a crash between decision and answer', async () => {
    await rendezvous.wait(subject, token, NOON);
    tokens.loseNext();
    await expect(rendezvous.signal(subject, done(), NOON)).rejects.toThrow('The connection was lost.');
    expect((await rendezvous.overdue(LATER)).map((waiting) => waiting.subject)).toContain(subject);
    expect(await rendezvous.redeliver(subject)).toBe('delivered');
    expect(tokens.answers.get(token)).toEqual(done());
    expect(await rendezvous.redeliver(subject)).toBe('nothing-to-deliver');
  });

  it('delivers what was decided first when another signal follows a crash', async () => {
    await rendezvous.wait(subject, token, NOON);
    tokens.loseNext();
    await expect(rendezvous.signal(subject, done(1), NOON)).rejects.toThrow();
    expect(await rendezvous.signal(subject, done(2), NOON)).toBe('already-answered');
    expect(tokens.answers.get(token)).toEqual(done(1));
  });

  it('has nothing to deliver for a subject that nobody knows', async () => {
    expect(await rendezvous.redeliver(`review/${anyId()}`)).toBe('nothing-to-deliver');
  });
}
