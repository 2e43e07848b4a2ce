import * as z from 'zod';

/**
 * Detail of `SageMaker Model Building Pipeline Execution Status Change`. A hint: best effort, may be repeated and out of order.
 * Who receives it asks DescribePipelineExecution what is true.
 */
export const PipelineExecutionStatusChange = z.looseObject({
  pipelineExecutionArn: z.string(),
  currentPipelineExecutionStatus: z.string(),
});
export type PipelineExecutionStatusChange = z.infer<typeof PipelineExecutionStatusChange>;
