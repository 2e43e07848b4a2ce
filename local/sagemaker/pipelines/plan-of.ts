import { type PipelinePlan, planPipeline } from './definition.ts';

/** Executions of one pipeline share their definition, and each asks for its plan at every step. */
const MOST_KEPT = 100;
const kept = new Map<string, PipelinePlan>();

/** The plan of a definition that was found sound before. The least recently used plans are forgotten. */
export function planOf(definition: string): PipelinePlan {
  const plan = kept.get(definition) ?? planPipeline(definition);
  kept.delete(definition);
  kept.set(definition, plan);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return plan;
}
