import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Configuration } from '../configuration.ts';

/** What a function answered; a function that failed has said why. */
type FunctionAnswer = { payload: string; failed: boolean };

/** Lambda, whose functions Lambda steps call. */
export class Functions {
  readonly #lambda: LambdaClient;

  constructor(configuration: Configuration) {
    this.#lambda = new LambdaClient({
      endpoint: configuration.awsEndpoint,
      region: configuration.region,
      credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
      // A call that broke off may have had its effect.
      maxAttempts: 1,
    });
  }

  /** Waits for the answer. @throws the SDK's error if the function can't be called, or an AbortError */
  async call(nameOrArn: string, payload: unknown, signal: AbortSignal): Promise<FunctionAnswer> {
    const command = new InvokeCommand({ FunctionName: nameOrArn, Payload: Buffer.from(JSON.stringify(payload)) });
    const answer = await this.#lambda.send(command, { abortSignal: signal });
    return {
      payload: Buffer.from(answer.Payload ?? []).toString('utf8'),
      failed: answer.FunctionError !== undefined,
    };
  }
}
