import * as z from 'zod';
import { ValidationException } from '../errors.ts';
import type { ModelPackage } from '../state/records.ts';

type Card = NonNullable<ModelPackage['ModelCard']>;

const text = (longest: number) => z.string().max(longest).optional();
const texts = z.array(z.string().max(1024)).optional();
const named = { name: z.string().min(1) };
const numbers = z.array(z.number()).min(1);
const axis = { x_axis_name: z.unknown().optional(), y_axis_name: z.unknown().optional() };

const metric = <Kind extends z.ZodType, Value extends z.ZodType>(type: Kind, value: Value) =>
  z.strictObject({ ...named, ...axis, notes: text(1024), type, value });

const Metric = z.union([
  metric(z.enum(['number', 'string', 'boolean']), z.union([z.number(), z.string().max(63), z.boolean()])),
  metric(z.literal('linear_graph'), z.array(numbers.length(2)).min(1)),
  metric(z.literal('bar_chart'), numbers),
  metric(z.literal('matrix'), z.array(numbers.max(20)).min(1).max(20)),
]);

const TrainingMetric = z.strictObject({ ...named, notes: text(1024), value: z.number() });
const HyperParameter = z.strictObject({ ...named, value: z.string().min(1) });

const IntendedUses = z.strictObject({
  purpose_of_model: text(2048),
  intended_uses: text(2048),
  factors_affecting_model_efficiency: text(2048),
  risk_rating: z.enum(['High', 'Medium', 'Low', 'Unknown']).optional(),
  explanations_for_risk_rating: text(2048),
});

/**
 * AWS's published schema of a model package's card (developer guide, "Model package model card schema"). Its `model_overview`
 * has only a creator and artifacts; those that SDKs copy from a model card of its own are let in too.
 */
const Content = z.strictObject({
  model_overview: z
    .strictObject({
      model_creator: text(1024),
      model_artifact: texts,
      model_id: text(1024),
      model_name: text(1024),
      model_description: text(1024),
      model_version: z.number().optional(),
      model_owner: text(1024),
      algorithm_type: text(1024),
      problem_type: z.string().optional(),
      inference_environment: z.strictObject({ container_image: texts }).optional(),
    })
    .optional(),
  intended_uses: IntendedUses.optional(),
  business_details: z
    .strictObject({ business_problem: text(2048), business_stakeholders: text(2048), line_of_business: text(2048) })
    .optional(),
  training_details: z
    .strictObject({
      objective_function: z.unknown().optional(),
      training_observations: text(1024),
      training_job_details: z
        .strictObject({
          training_arn: text(1024),
          training_datasets: texts,
          training_environment: z.strictObject({ container_image: texts }).optional(),
          training_metrics: z.array(TrainingMetric).optional(),
          user_provided_training_metrics: z.array(TrainingMetric).optional(),
          hyper_parameters: z.array(HyperParameter).optional(),
          user_provided_hyper_parameters: z.array(HyperParameter).optional(),
        })
        .optional(),
    })
    .optional(),
  evaluation_details: z
    .array(
      z.strictObject({
        ...named,
        evaluation_observation: text(2096),
        evaluation_job_arn: text(256),
        datasets: z.array(z.string().max(1024)).max(10).optional(),
        metadata: z.record(z.string(), z.string().max(1024)).optional(),
        metric_groups: z.array(z.object({ ...named, metric_data: z.array(Metric) })).optional(),
      }),
    )
    .optional(),
  additional_information: z
    .strictObject({
      ethical_considerations: text(2048),
      caveats_and_recommendations: text(2048),
      custom_details: z.record(z.string(), z.string().max(1024)).optional(),
    })
    .optional(),
});

/** @throws ValidationException for content that is not JSON of the schema */
export function requireModelCard(card: Card | undefined): void {
  if (card?.ModelCardContent === undefined) return;
  const checked = Content.safeParse(parsed(card.ModelCardContent));
  if (checked.success) return;
  const [issue] = checked.error.issues;
  throw new ValidationException(
    `The model card's content does not follow the model package model card schema: ${issue?.message} at '${issue?.path.join('.')}'.`,
  );
}

/** The card after an update: what is left out stays. The content of an archived card stays as it is. */
export function changedCard(before: Card | undefined, change: Card | undefined): Card | undefined {
  if (change === undefined) return before;
  if (before?.ModelCardStatus === 'Archived' && change.ModelCardContent !== undefined)
    throw new ValidationException('Model Card is in Archived state');
  requireModelCard(change);
  return { ...before, ...change };
}

/** What `IncludedData: MetadataOnly` leaves of a card: its status, and of its content the names and the risk. */
export function withoutDetails(card: Card): Card {
  const { model_overview: overview, intended_uses: uses } = Content.parse(parsed(card.ModelCardContent ?? '{}'));
  const named = picked({ model_id: overview?.model_id, model_name: overview?.model_name });
  const rated = picked({ risk_rating: uses?.risk_rating });
  return { ...card, ModelCardContent: JSON.stringify(picked({ model_overview: named, intended_uses: rated }) ?? {}) };
}

/** Without members that have no value; nothing at all if none has. */
function picked(members: Record<string, unknown>): Record<string, unknown> | undefined {
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return present.length === 0 ? undefined : Object.fromEntries(present);
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new ValidationException(`The model card's content is not JSON: ${String(error)}`, { cause: error });
  }
}
