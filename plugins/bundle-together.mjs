/**
 * Builds the bundles of all functions in one call of esbuild, which then reads each module once; serverless-esbuild calls it for every
 * function by itself, and most of each bundle is the same SDK. What is built is the same, in a third of the time. serverless-esbuild finds the bundles
 * where it would have put them, and in its cache that nothing is left to build; it zips them as ever.
 */
import { build } from 'esbuild';

/** esbuild's own among the options of `custom.esbuild`. */
const OPTIONS = [
  ...['banner', 'bundle', 'format', 'jsx', 'jsxImportSource', 'legalComments', 'mainFields', 'minify'],
  ...['platform', 'sourcemap', 'target'],
];
/** serverless-esbuild's own, and what is put together from them below. */
const NOT_ESBUILDS = [
  ...['external', 'exclude'],
  ...['concurrency', 'zipConcurrency', 'nativeZip', 'packager', 'packagerOptions', 'installExtraArgs'],
  ...['watch', 'keepOutputDirectory', 'outputFileExtension', 'skipBuild', 'skipBuildExcludeFns', 'plugins'],
  ...['stripEntryResolveExtensions', 'disposeContext'],
];
const NOTHING_LEFT = { rebuild: async () => undefined };

export default class BundleTogether {
  constructor(serverless) {
    this.hooks = { 'before:package:createDeploymentArtifacts': () => bundleTogether(serverless) };
  }
}

async function bundleTogether({ serviceDir, pluginManager, classes }) {
  const esbuild = pluginManager.plugins.find((each) => each.constructor.name === 'EsbuildServerlessPlugin');
  if (esbuild === undefined)
    throw new classes.Error('plugins/bundle-together.mjs finds no serverless-esbuild to build for.');
  const { buildOptions, buildDirPath, functionEntries } = esbuild;
  const unknown = Object.keys(buildOptions).filter((name) => ![...OPTIONS, ...NOT_ESBUILDS].includes(name));
  if (unknown.length > 0)
    throw new classes.Error(
      `plugins/bundle-together.mjs does not know ${unknown.join(', ')} of custom.esbuild: add it there.`,
    );
  const entryPoints = [...new Set(functionEntries.map(({ entry }) => entry))];
  await build({
    ...Object.fromEntries(OPTIONS.filter((name) => name in buildOptions).map((name) => [name, buildOptions[name]])),
    plugins: esbuild.plugins,
    outExtension: { '.js': buildOptions.outputFileExtension },
    external: [...buildOptions.external, ...buildOptions.exclude.filter((name) => name !== '*')],
    absWorkingDir: serviceDir,
    outbase: serviceDir,
    outdir: buildDirPath,
    entryPoints,
  });
  esbuild.buildCache = Object.fromEntries(entryPoints.map((entry) => [entry, { result: NOTHING_LEFT }]));
}
