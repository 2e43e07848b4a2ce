import { localPath } from '../../../shared/adapters/sign-in/local-path.ts';

const HERE = 'http://127.0.0.1:8080';

describe('where somebody comes back to after sign-in', () => {
  it.each(['/', '/reviews/0123', '/runs/1?refresh=off'])('keeps the local path %j', (path) => {
    expect(localPath(path, HERE)).toBe(path);
  });

  it.each([
    undefined,
    '',
    'reviews/1',
    'https://evil.example.com/',
    '//evil.example.com/',
    '/\\evil.example.com',
    '/reviews\\..\\x',
    '/\tevil',
    '/ü',
    'javascript:alert(1)',
    '/auth/login?returnTo=/x',
  ])('goes to the front page instead of %j', (path) => {
    expect(localPath(path, HERE)).toBe('/');
  });
});
