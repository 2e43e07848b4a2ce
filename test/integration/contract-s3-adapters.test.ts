import { describe } from '@jest/globals';
import { s3CaptureObjects } from '../../shared/adapters/s3/capture-objects.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { makeBucket } from '../contract/own-resources.ts';
import { captureObjectsContract } from '../contract/suites/capture-objects.ts';
import { documentsContract } from '../contract/suites/documents.ts';
import { objectStoreContract } from '../contract/suites/object-store.ts';

describe('s3Documents', () => {
  documentsContract(async () => s3Documents(await makeBucket()));
});

describe('s3ObjectStore', () => {
  objectStoreContract(async () => ({ objects: s3ObjectStore(), ...(await makeBucket()) }));
});

describe('s3CaptureObjects', () => {
  captureObjectsContract(async () => ({ captures: s3CaptureObjects(2), ...(await makeBucket()) }));
});
