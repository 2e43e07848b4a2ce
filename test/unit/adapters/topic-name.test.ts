import { expect, it } from '@jest/globals';
import { topicNameOf } from '../../../shared/adapters/sns/topic-arns.ts';

it('names the topic of a group, nested ones too, in letters that SNS takes', () => {
  expect(topicNameOf('prod', 'stewards', 'ml-stewards')).toBe('mlops-prod-stewards-ml-stewards');
  expect(topicNameOf('prod', 'on-call', 'company/ml.team/on-call')).toBe('mlops-prod-on-call-company-ml-team-on-call');
});
