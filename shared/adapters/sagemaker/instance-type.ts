import type { ProductionVariantInstanceType } from '@aws-sdk/client-sagemaker';
import { ContractBroken } from '../../domain/faults.ts';

/** SageMaker gains instance types faster than its SDK: what looks like one is passed on, and the service says whether it is. */
function isInstanceType(text: string): text is ProductionVariantInstanceType {
  return /^ml\.[a-z0-9-]+\.[a-z0-9]+$/.test(text);
}

export function asInstanceType(text: string): ProductionVariantInstanceType {
  if (isInstanceType(text)) return text;
  throw new ContractBroken(`${text} is not an instance type such as ml.m5.large.`);
}
