import type { NetworkFence } from './sagemaker.ts';

/** What the stage gives to all that is created in it at run time; the functions' environment has it. */
export type Stage = {
  stage: string;
  bucket: string;
  keyArn: string;
  /** Bucket and key of what endpoints capture. */
  captureBucket: string;
  captureKeyArn: string;
  /** Where people reach the pages, without a trailing slash. */
  publicUrl: string;
  network: NetworkFence;
  tags: Record<string, string>;
};
