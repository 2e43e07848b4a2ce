import fc from 'fast-check';

/**
 * Properties are asked about the same examples each time, so that a run that fails fails again. Every night (`npm run test:nightly`)
 * they are asked about others; what is found then is repeated with MLOPS_TEST_SEED=<the seed of the report>.
 */
fc.configureGlobal({ seed: Number(process.env.MLOPS_TEST_SEED ?? 2013) });
