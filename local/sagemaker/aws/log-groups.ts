import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Configuration } from '../configuration.ts';

/** Lines in one PutLogEvents call; the service takes 10,000 or 1 MB. */
const LINES_AT_ONCE = 2_000;
const LONGEST_LINE = 4_000;

/** CloudWatch Logs, where jobs and endpoints leave their logs. */
export class LogGroups {
  readonly #logs: CloudWatchLogsClient;
  readonly #known = new Set<string>();

  constructor(configuration: Configuration) {
    this.#logs = new CloudWatchLogsClient({
      endpoint: configuration.awsEndpoint,
      region: configuration.region,
      credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
    });
  }

  async append(group: string, stream: string, lines: string[], at: Date): Promise<void> {
    try {
      await this.#put(group, stream, lines, at);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
      // The group was there and is gone, with the state of the local AWS perhaps.
      this.#known.clear();
      await this.#put(group, stream, lines, at);
    }
  }

  async #put(group: string, stream: string, lines: string[], at: Date): Promise<void> {
    await this.#ensure(group, () => this.#logs.send(new CreateLogGroupCommand({ logGroupName: group })));
    await this.#ensure(`${group}:${stream}`, () =>
      this.#logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream })),
    );
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
      const logEvents = lines
        .slice(from, from + LINES_AT_ONCE)
        .map((line) => ({ timestamp: at.getTime(), message: line === '' ? ' ' : line.slice(0, LONGEST_LINE) }));
      await this.#logs.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: stream, logEvents }));
    }
  }

  async #ensure(name: string, create: () => Promise<unknown>): Promise<void> {
    if (this.#known.has(name)) return;
    try {
      await create();
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ResourceAlreadyExistsException')) throw error;
    }
    this.#known.add(name);
  }
}
