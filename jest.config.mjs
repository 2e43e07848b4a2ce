/** Native ES modules: run with NODE_OPTIONS=--experimental-vm-modules (the npm scripts and scripts/test.mjs set it). */
const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', tsx: true },
      target: 'es2024',
      experimental: { keepImportAttributes: true },
      transform: { react: { runtime: 'automatic', importSource: 'hono/jsx' } },
    },
    module: { type: 'es6' },
  },
];

const common = {
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '\\.tsx?$': swc },
  transformIgnorePatterns: ['/node_modules/'],
  testPathIgnorePatterns: ['/node_modules/', '/.local/', '/.build/'],
  modulePathIgnorePatterns: ['/.local/', '/.build/', '/.serverless/', '/.esbuild/'],
};

const project = (displayName, extra = {}) => ({
  ...common,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts?(x)`],
  ...extra,
});

/** One world and one deployment for all of these (see test/harness). */
const inTheWorld = {
  globalSetup: '<rootDir>/test/harness/start-world.mjs',
  globalTeardown: '<rootDir>/test/harness/stop-world.mjs',
};

export default {
  // So long only for a machine that does much else: no test waits without a condition.
  testTimeout: 90_000,
  projects: [
    project('unit'),
    project('contract'),
    project('clients'),
    // These start a GitLab of their own, and run beside the other fast ones.
    project('local-gitlab', { testMatch: ['<rootDir>/test/integration/local-gitlab/**/*.test.ts'] }),
    project('integration', {
      ...inTheWorld,
      testPathIgnorePatterns: [...common.testPathIgnorePatterns, '/test/integration/local-gitlab/'],
    }),
    project('e2e', inTheWorld),
    project('browser', inTheWorld),
    project('nightly', inTheWorld),
  ],
};
