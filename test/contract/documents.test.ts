import { describe } from '@jest/globals';
import { fakeDocuments } from '../fakes/documents.ts';
import { documentsContract } from './suites/documents.ts';

describe('fakeDocuments', () => {
  documentsContract(async () => fakeDocuments());
});
