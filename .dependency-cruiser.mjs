/** The import table of docs/architecture.md, as rules. A folder may import what its rule doesn't forbid. */
const only = (name, from, ...allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed].map((pattern) => pattern) },
});
const NODE_BUILTINS = '^(node:|[a-z_/]+$)';
const npm = (...names) => `node_modules/(${names.map((name) => name.replace('/', '[/]')).join('|')})(/|$)`;

export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'nobody-imports-the-laptop-or-the-tests',
      severity: 'error',
      from: { path: '^(functions|shared|events|web|cli|onboarding)/' },
      to: { path: '^(local|test)/' },
    },
    { name: 'the-laptop-imports-no-test', severity: 'error', from: { path: '^local/' }, to: { path: '^test/' } },
    {
      name: 'no-function-imports-a-function',
      severity: 'error',
      from: { path: '^functions/([^/]+)/([^/]+)$' },
      to: { path: '^functions/', pathNot: '^functions/$1/$2$' },
    },
    only('functions', '^functions/', '^(shared|events|web)/', npm('hono', '@types/aws-lambda', 'zod'), NODE_BUILTINS),
    only('domain-is-pure', '^shared/domain/', npm('zod'), '^(node:)?crypto$', '^\\.build/capture-kernel\\.json$'),
    only('ports-know-the-domain', '^shared/ports/', '^(shared/domain|events)/'),
    only(
      'application-knows-domain-and-ports',
      '^shared/application/',
      '^(shared/(domain|ports)|events)/',
      npm('zod'),
      NODE_BUILTINS,
    ),
    only(
      'runtime',
      '^shared/runtime/',
      '^shared/domain/',
      npm('@middy', '@aws-lambda-powertools', '@types/aws-lambda', 'zod'),
      NODE_BUILTINS,
    ),
    only(
      'adapters',
      '^shared/adapters/',
      '^(shared/(domain|ports)|events)/',
      npm(
        '@aws-sdk',
        '@smithy',
        'js-yaml',
        'standardwebhooks',
        'openid-client',
        'zod',
        'modern-tar',
        '@aws-lambda-powertools/metrics',
        'hono',
        'csv-parse',
      ),
      '^\\.build/(onboarding|runbooks)\\.json$',
      NODE_BUILTINS,
    ),
    only('web-is-markup', '^web/', '^(shared/domain|events)/', npm('hono', 'd3-scale', 'd3-shape')),
    only('events', '^events/', '^shared/domain/', npm('zod')),
    { name: 'cli-imports-no-laptop', severity: 'error', from: { path: '^cli/' }, to: { path: '^(local|test)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.local|\\.serverless|\\.esbuild|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
