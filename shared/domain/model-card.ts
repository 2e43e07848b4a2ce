import type { GateVerdict } from './gate-verdict.ts';
import type { RiskTier } from './policy.ts';

/** Limit of `ModelCardContent` of CreateModelPackage, in characters. */
const MAX_CONTENT = 100_000;
const MAX_METRICS = 100;

type CardFacts = {
  createdBy: string;
  artifactUri: string;
  riskTier: RiskTier;
  verdict: GateVerdict;
  reportUri: string;
  /** Where the training data came from, as URIs. */
  data: readonly string[];
  trainingJobArn?: string;
  /** Identity that has no place of its own in the schema: commit, digests, run. */
  details: Readonly<Record<string, string>>;
};

const ratings: Record<RiskTier, string> = { low: 'Low', medium: 'Medium', high: 'High' };

/**
 * Content of the model card of a package version: SageMaker's model card schema without `model_package_details`, and with
 * `model_overview` reduced to its creator and artifact (developer guide, model-cards). Every gate is one metric of the card.
 */
export function modelCardOf({
  createdBy,
  artifactUri,
  riskTier,
  verdict,
  reportUri,
  data,
  trainingJobArn,
  details,
}: CardFacts): string {
  const metrics = verdict.results
    .filter(({ value }) => value !== undefined)
    .slice(0, MAX_METRICS)
    .map(({ metric, value, result, sentence }) => ({
      name: metric.slice(0, 255),
      type: 'number',
      value,
      notes: `${result}: ${sentence}`.slice(0, 1024),
    }));
  const content = JSON.stringify({
    model_overview: { model_creator: createdBy.slice(0, 1024), model_artifact: [artifactUri] },
    intended_uses: {
      risk_rating: ratings[riskTier],
      explanations_for_risk_rating: `Risk tier ${riskTier} of the model's policy.`,
    },
    training_details: {
      training_observations: `Trained on ${data.join(', ')}.`.slice(0, 1024),
      ...(trainingJobArn !== undefined && { training_job_details: { training_arn: trainingJobArn } }),
    },
    evaluation_details: [
      {
        name: 'Gates',
        evaluation_observation: `Verdict of the gates: ${verdict.verdict}.`,
        datasets: [reportUri],
        metric_groups: [{ name: 'gates', metric_data: metrics }],
      },
    ],
    additional_information: { custom_details: details },
  });
  return content.length <= MAX_CONTENT
    ? content
    : modelCardOf({
        createdBy,
        artifactUri,
        riskTier,
        verdict: { ...verdict, results: [] },
        reportUri,
        data: [],
        details,
      });
}
