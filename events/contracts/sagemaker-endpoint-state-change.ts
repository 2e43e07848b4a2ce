import * as z from 'zod';

/** DescribeEndpoint says `InService` where the event says `IN_SERVICE`. */
const API_STATUSES = [
  'OutOfService',
  'Creating',
  'Updating',
  'SystemUpdating',
  'RollingBack',
  'InService',
  'Deleting',
  'Failed',
  'UpdateRollbackFailed',
];

const plain = (status: string) => status.replaceAll('_', '').toLowerCase();

/** The status in the words of DescribeEndpoint; one that nobody knows stays as it is. */
const EndpointStatus = z
  .string()
  .transform((status) => API_STATUSES.find((known) => plain(known) === plain(status)) ?? status);

/**
 * Detail of `SageMaker Endpoint State Change`. A hint: an update that SageMaker rolled back ends as `InService` too, on
 * the former configuration. Who receives it asks DescribeEndpoint what is true.
 */
export const EndpointStateChange = z.looseObject({
  EndpointName: z.string(),
  EndpointStatus,
  EndpointConfigName: z.string().optional(),
});
export type EndpointStateChange = z.infer<typeof EndpointStateChange>;
