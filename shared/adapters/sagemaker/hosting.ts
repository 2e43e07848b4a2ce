import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  DescribeEndpointConfigCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import type { EndpointState, Hosting, NetworkFence } from '../../ports/sagemaker.ts';
import { sagemakerClient } from '../aws/sagemaker-client.ts';
import { asInstanceType } from './instance-type.ts';
import { invokeEndpoint } from './invoke-endpoint.ts';
import { asSagemakerFaults, createOnce, isMissing, required, tagsOf } from './refusals.ts';

type Config = Parameters<Hosting['ensureConfig']>[0];

/** SageMaker's hosting in this account and region. Models and configurations are immutable and named by digest. */
export function sagemakerHosting(): Hosting {
  const client = sagemakerClient();
  return {
    async ensureModel({ name, modelPackageArn, roleArn, network, tags }) {
      await createOnce(`Creating model ${name}`, () =>
        client.send(
          new CreateModelCommand({
            ModelName: name,
            ExecutionRoleArn: roleArn,
            PrimaryContainer: { ModelPackageName: modelPackageArn },
            EnableNetworkIsolation: network.isolation,
            ...vpcOf(network),
            Tags: tagsOf(tags),
          }),
        ),
      );
    },

    async ensureConfig(config) {
      await createOnce(`Creating endpoint configuration ${config.name}`, () =>
        client.send(
          new CreateEndpointConfigCommand({
            EndpointConfigName: config.name,
            ProductionVariants: [
              {
                VariantName: config.variantName,
                ModelName: config.modelName,
                InstanceType: asInstanceType(config.instanceType),
                InitialInstanceCount: config.instanceCount,
                InitialVariantWeight: 1,
              },
            ],
            ...(config.kmsKeyArn !== undefined && { KmsKeyId: config.kmsKeyArn }),
            ...(config.capture && { DataCaptureConfig: captureOf(config.capture) }),
            Tags: tagsOf(config.tags),
          }),
        ),
      );
    },

    async describeEndpoint(name) {
      return asSagemakerFaults(`Describing endpoint ${name}`, async () => {
        try {
          return stateOf(await client.send(new DescribeEndpointCommand({ EndpointName: name })));
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      });
    },

    async describeConfig(name) {
      return asSagemakerFaults(`Describing endpoint configuration ${name}`, async () => {
        try {
          const config = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name }));
          return { modelNames: (config.ProductionVariants ?? []).map(({ ModelName }) => ModelName ?? '') };
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      });
    },

    async createEndpoint(name, configName, tags) {
      await asSagemakerFaults(`Creating endpoint ${name}`, () =>
        client.send(
          new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: configName, Tags: tagsOf(tags) }),
        ),
      );
    },

    async updateEndpoint(name, configName) {
      await asSagemakerFaults(`Updating endpoint ${name}`, () =>
        client.send(
          new UpdateEndpointCommand({
            EndpointName: name,
            EndpointConfigName: configName,
            // Auto-scaling may have changed the counts since; capture and weight are the new configuration's to say.
            RetainAllVariantProperties: true,
            ExcludeRetainedVariantProperties: [
              { VariantPropertyType: 'DataCaptureConfig' },
              { VariantPropertyType: 'DesiredWeight' },
            ],
          }),
        ),
      );
    },

    async deleteEndpoint(name) {
      await asSagemakerFaults(`Deleting endpoint ${name}`, async () => {
        try {
          await client.send(new DeleteEndpointCommand({ EndpointName: name }));
        } catch (error) {
          if (!isMissing(error)) throw error;
        }
      });
    },

    invoke: invokeEndpoint,
  };
}

function vpcOf({ subnetIds, securityGroupIds }: NetworkFence) {
  if (subnetIds.length === 0) return {};
  return { VpcConfig: { Subnets: subnetIds, SecurityGroupIds: securityGroupIds } };
}

function captureOf({ percent, destinationUri, kmsKeyArn }: NonNullable<Config['capture']>) {
  return {
    EnableCapture: true,
    InitialSamplingPercentage: percent,
    DestinationS3Uri: destinationUri,
    CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
    CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    KmsKeyId: kmsKeyArn,
  };
}

function stateOf(answer: DescribeEndpointCommandOutput): EndpointState {
  return {
    status: required(answer.EndpointStatus, 'EndpointStatus'),
    configName: answer.EndpointConfigName ?? '',
    ...(answer.FailureReason !== undefined && { failureReason: answer.FailureReason }),
    variants: (answer.ProductionVariants ?? []).map((variant) => ({
      name: variant.VariantName ?? '',
      desiredInstanceCount: variant.DesiredInstanceCount ?? 0,
      currentInstanceCount: variant.CurrentInstanceCount ?? 0,
    })),
  };
}
