import type { Plugin } from 'esbuild';

/** The plugins of the Lambda bundles, for serverless-esbuild. */
declare const plugins: Plugin[];
export default plugins;
