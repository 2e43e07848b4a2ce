/** Limits of `CustomerMetadataProperties` of CreateModelPackage (botocore 1.43.107, `sagemaker/2017-07-24`). */
const MAX_ENTRIES = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;
const NOT_ALLOWED = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;

/**
 * Facts as `CustomerMetadataProperties`: characters that SageMaker refuses become `_`, long texts are cut, facts without a
 * value are left out, and of more than 50 the first 50 stay.
 */
export function customerMetadataOf(
  facts: Readonly<Record<string, string | number | boolean | undefined>>,
): Record<string, string> {
  const entries = Object.entries(facts)
    .filter(([key, value]) => key !== '' && value !== undefined && value !== '')
    .map(([key, value]): [string, string] => [fitted(key, MAX_KEY), fitted(String(value), MAX_VALUE)]);
  return Object.fromEntries(entries.slice(0, MAX_ENTRIES));
}

/** Cut by whole characters: half of a surrogate pair is none. */
function fitted(text: string, length: number): string {
  const allowed = text.replaceAll(NOT_ALLOWED, '_');
  if (allowed.length <= length) return allowed;
  const cut = allowed.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
