import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import {
  CreateEndpointConfigCommand,
  CreateModelPackageGroupCommand,
  CreateNotebookInstanceCommand,
  DeleteModelPackageGroupCommand,
  DescribeTrainingJobCommand,
  ListPipelinesCommand,
  paginateListModelPackageGroups,
  ResourceNotFound,
} from '@aws-sdk/client-sagemaker';
import { roleArn, sagemaker, uniqueName } from './clients.ts';

const address = () => process.env.AWS_ENDPOINT_URL_SAGEMAKER ?? '';

async function post(
  operation: string,
  body: string,
): Promise<{ status: number; type: string | null; document: unknown }> {
  const response = await fetch(address(), {
    method: 'POST',
    headers: { 'x-amz-target': `SageMaker.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
    body,
  });
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), document: await response.json() };
}

describe('a request', () => {
  it('is refused with every constraint that it breaks, in the words of the service', async () => {
    await expect(
      sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'not a name', ProductionVariants: [] })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "2 validation errors detected: Value 'not a name' at 'endpointConfigName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}; Value '[]' at 'productionVariants' failed to satisfy constraint: Member must have length greater than or equal to 1",
    });
  });

  it('for an operation that is not offered is refused by that name', async () => {
    await expect(
      sagemaker.send(
        new CreateNotebookInstanceCommand({
          NotebookInstanceName: 'a',
          InstanceType: 'ml.t2.medium',
          RoleArn: roleArn,
        }),
      ),
    ).rejects.toMatchObject({ name: 'UnknownOperationException' });
    expect(await post('NoSuchThing', '{}')).toMatchObject({ status: 400, type: 'UnknownOperationException' });
  });

  it('that is not JSON, or has a member of the wrong type, is a SerializationException', async () => {
    expect(await post('ListPipelines', '{not json')).toMatchObject({ status: 400, type: 'SerializationException' });
    expect(await post('ListPipelines', '{"MaxResults":"many"}')).toMatchObject({
      status: 400,
      type: 'SerializationException',
    });
    expect(await post('ListPipelines', '[]')).toMatchObject({ status: 400, type: 'SerializationException' });
  });

  it('with a NextToken of someone else is refused', async () => {
    await expect(sagemaker.send(new ListPipelinesCommand({ NextToken: 'invented' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('page by page gives all with the pages of the SDK', async () => {
    const prefix = uniqueName('Paged');
    const names = ['a', 'b', 'c'].map((letter) => `${prefix}-${letter}`);
    for (const ModelPackageGroupName of names)
      await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName }));
    const pages = paginateListModelPackageGroups({ client: sagemaker, pageSize: 1 }, { NameContains: prefix });
    const seen: (string | undefined)[][] = [];
    for await (const { ModelPackageGroupSummaryList: groups = [] } of pages)
      seen.push(groups.map((group) => group.ModelPackageGroupName));
    expect(seen).toEqual(names.map((name) => [name]));
    for (const ModelPackageGroupName of names)
      await sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName }));
  });

  it('is refused with the SDK class of its error, a status and the id of the request', async () => {
    const refused = sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: uniqueName('nowhere') }));
    await expect(refused).rejects.toBeInstanceOf(ResourceNotFound);
    await expect(refused).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it('elsewhere than the two APIs is refused', async () => {
    const response = await fetch(`${address()}/admin`, { method: 'POST' });
    expect(response.status).toBe(400);
  });

  it.each(['/', '/_local/health', '/_local/faults'])('for a host of another name is refused: %s', async (path) => {
    const headers = { host: 'rebound.example' };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(new URL(path, address()), { headers }, resolve).once('error', reject);
    });
    expect(response.statusCode).toBe(403);
    expect(await json(response)).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringContaining('Requests for the host "rebound.example" are not answered'),
    });
  });

  it('for the health of the server needs no signature', async () => {
    const response = await fetch(`${address()}/_local/health`);
    expect(await response.json()).toMatchObject({ status: 'ready' });
  });
});
