import { describe, expect, it } from '@jest/globals';
import { decideOnPipeline, type PipelineFacts } from '../../../shared/domain/accept-rules.ts';
import { eligibility } from '../../../shared/domain/four-eyes.ts';
import type { InvolvedPerson } from '../../../shared/domain/review.ts';
import { sampleRecord } from './sample-policy.ts';

describe('a reported pipeline', () => {
  const facts: PipelineFacts = {
    project: { id: 17, path: 'ml/flight-delays' },
    pipeline: { ref: 'main', tag: false, source: 'push', status: 'success', protectedRef: true },
    isChild: false,
    jobs: [{ name: 'package', status: 'success' }],
  };
  const withPipeline = (changes: Partial<PipelineFacts['pipeline']>) => ({
    ...facts,
    pipeline: { ...facts.pipeline, ...changes },
  });

  it('is accepted when it succeeded with its package job on an allowed ref of an onboarded project', () => {
    expect(decideOnPipeline(facts, sampleRecord)).toEqual({ outcome: 'accepted' });
    expect(decideOnPipeline(withPipeline({ protectedRef: undefined, source: 'schedule' }), sampleRecord)).toEqual({
      outcome: 'accepted',
    });
  });

  it.each([
    ['it failed', withPipeline({ status: 'failed' }), 'failed'],
    ['it still runs', withPipeline({ status: 'running' }), 'running'],
    ['our own commit status made it', withPipeline({ source: 'external' }), 'external'],
    ['another pipeline started it', { ...facts, isChild: true }, 'Another pipeline'],
    ['it is a child', withPipeline({ source: 'parent_pipeline' }), 'Another pipeline'],
    ['it belongs to a merge request', withPipeline({ source: 'merge_request_event' }), 'merge request'],
    ['its branch is not allowed', withPipeline({ ref: 'wind' }), 'allowed: main'],
    ['it is a tag', withPipeline({ ref: 'main', tag: true }), 'is a tag'],
    ['its branch is not protected', withPipeline({ protectedRef: false }), 'not protected'],
    ['it has no package job', { ...facts, jobs: [{ name: 'test', status: 'success' }] }, 'no job `package`'],
    ['its package job was skipped', { ...facts, jobs: [{ name: 'package', status: 'skipped' }] }, 'is skipped'],
  ])('is ignored when %s', (_case, reported, says) => {
    expect(decideOnPipeline(reported, sampleRecord)).toEqual({
      outcome: 'ignored',
      reason: expect.stringContaining(says),
    });
  });

  it('is ignored when nobody onboarded its project', () => {
    expect(decideOnPipeline(facts, undefined)).toEqual({
      outcome: 'ignored',
      reason: expect.stringContaining('not onboarded'),
    });
  });
});

describe('who may decide a review', () => {
  const steward = { id: 2, username: 'steward-1', name: 'Stella' };
  const author = { id: 1, username: 'data-scientist', name: 'Dana' };
  const question = {
    review: {
      status: 'pending' as const,
      expiresAt: '2026-11-05T09:30:00.000Z',
      stewardsGroup: 'ml-stewards',
      fourEyes: true,
    },
    user: steward,
    groupAccess: 30,
    involved: [{ role: 'pipeline-user', user: author, evidence: 'pipeline 4711' }] as InvolvedPerson[],
    now: '2026-11-02T09:30:00.000Z',
  };

  it('is a member of the stewards’ group who is no party to the change', () => {
    expect(eligibility(question)).toEqual({ may: true });
    expect(eligibility({ ...question, groupAccess: 20 })).toEqual({ may: true });
  });

  it.each([undefined, 5, 10, 15])('is nobody with the access level %p in the group', (groupAccess) => {
    expect(eligibility({ ...question, groupAccess })).toEqual({
      may: false,
      why: expect.stringContaining('ml-stewards'),
    });
  });

  it.each([
    ['pipeline-user', 'started the pipeline'],
    ['merge-request-author', 'opened the merge request'],
    ['merger', 'merged the merge request'],
    ['commit-author', 'wrote a commit'],
  ] as const)('is not the %s, by id and not by name', (role, says) => {
    const involved = [{ role, user: { ...steward, username: 'renamed' }, evidence: 'x' }];
    expect(eligibility({ ...question, involved })).toEqual({ may: false, why: expect.stringContaining(says) });
    expect(eligibility({ ...question, involved: [{ role, user: { ...steward, id: 99 }, evidence: 'x' }] })).toEqual({
      may: true,
    });
  });

  it('is nobody while a party to the change can not be told', () => {
    const involved: InvolvedPerson[] = [{ role: 'commit-author', evidence: 'Eve <eve@example.com>' }];
    expect(eligibility({ ...question, involved })).toEqual({
      may: false,
      why: expect.stringContaining('Eve <eve@example.com>'),
    });
  });

  it('does not matter for four eyes where the review asks for none', () => {
    const review = { ...question.review, fourEyes: false };
    expect(eligibility({ ...question, review, user: author })).toEqual({ may: true });
  });

  it('is nobody once the review is closed or has expired', () => {
    expect(eligibility({ ...question, review: { ...question.review, status: 'approved' } })).toEqual({
      may: false,
      why: expect.stringContaining('approved'),
    });
    expect(eligibility({ ...question, now: question.review.expiresAt })).toEqual({
      may: false,
      why: expect.stringContaining('expired'),
    });
  });
});
