import { describe } from '@jest/globals';
import { fakeObjectStore } from '../fakes/object-store.ts';
import { objectStoreContract } from './suites/object-store.ts';

describe('fakeObjectStore', () => {
  objectStoreContract(async () => {
    const objects = fakeObjectStore();
    return { objects, bucket: 'mlops-test', put: async (uri, content) => objects.put(uri, content) };
  });
});
