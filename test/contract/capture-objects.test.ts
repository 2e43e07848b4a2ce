import { describe } from '@jest/globals';
import { fakeCaptureObjects } from '../fakes/capture-objects.ts';
import { captureObjectsContract } from './suites/capture-objects.ts';

describe('fakeCaptureObjects', () => {
  captureObjectsContract(async () => {
    const captures = fakeCaptureObjects();
    const put = async (uri: string, content: string) => captures.put(uri, content, new Date().toISOString());
    return { captures, bucket: 'mlops-test-capture', put };
  });
});
